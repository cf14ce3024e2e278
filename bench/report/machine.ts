import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { medianNumber } from './figures.js';

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGibibytes: number;
  readonly node: string;
  /** Processes that wanted a core in the last minute: above the number of cores, figures are noise. */
  readonly load: number;
  /** Median of a synced write of 4 KiB where the databases are, in milliseconds. */
  readonly syncMilliseconds: number;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGibibytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load: loadavg()[0] ?? NaN,
    syncMilliseconds: timeOfSync(),
  };
}

function timeOfSync(): number {
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
