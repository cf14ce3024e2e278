// Loaded into a process of the program with --import, to measure it from inside. The
// message `start` resets the measurements; `read` sends them to the parent.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
let before = 0;
let peak = 0;
const sample = () => (peak = Math.max(peak, process.memoryUsage.rss()));
setInterval(sample, 5).unref();

process.on('message', (message) => {
  if (message === 'start') {
    before = peak = process.memoryUsage.rss();
    delay.reset();
    delay.enable();
  } else {
    sample();
    const [median, max] = [delay.percentile(50), delay.max].map((value) => value / 1e6);
    process.send?.({ grownMiB: (peak - before) / 2 ** 20, median, max });
  }
});
// Otherwise the channel to the parent process would keep the program running.
process.channel?.unref();
