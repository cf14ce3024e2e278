// Loaded into a process of the program with --expose-gc --import, to weigh what it holds on to. Any
// message has it collect its garbage and send, in MiB, what is left.
process.on('message', async () => {
  // What is freed by a finalizer goes with the next collection.
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send?.({ held: (heapUsed + external) / 2 ** 20, resident: rss / 2 ** 20 });
});
// The program's end does not wait for the parent.
process.channel?.unref();
