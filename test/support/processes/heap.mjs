// Loaded into a process of the program with --expose-gc --import, to measure its live memory. After
// any message the process collects garbage and sends the remaining memory in MiB.
process.on('message', async () => {
  // The next collection frees what a finalizer has released.
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send?.({ held: (heapUsed + external) / 2 ** 20, resident: rss / 2 ** 20 });
});
// Otherwise the channel to the parent process would keep the program running.
process.channel?.unref();
