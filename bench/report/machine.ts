import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { medianNumber } from './medians.js';

/** The machine on which the benchmark ran. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGibibytes: number;
  readonly node: string;
  /** Load average of the last minute. If it exceeds the number of cores, the results are unreliable. */
  readonly load: number;
  /** Median duration of a synced write of 4 KiB to the folder of the databases, in milliseconds. */
  readonly syncMilliseconds: number;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGibibytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load: loadavg()[0] ?? NaN,
    syncMilliseconds: measureSync(),
  };
}

function measureSync(): number {
  const folder = mkdtempSync(join(tmpdir(), 'vpms-bench-disk-'));
  const file = openSync(join(folder, 'file'), 'w');
  const bytes = Buffer.alloc(4_096, 1);
  const times = Array.from({ length: 100 }, () => {
    const begin = performance.now();
    writeSync(file, bytes);
    fsyncSync(file);
    return performance.now() - begin;
  });
  closeSync(file);
  rmSync(folder, { recursive: true });
  return medianNumber(times);
}
