import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf, residentMebibytesOf } from './process-usage.js';

/** Timeout for the start and the end of a server on a busy machine. */
const TIMEOUT_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 5;
/** A process is idle if it uses at most this share of a core during `IDLE_WINDOW` milliseconds. */
const IDLE_SHARE = 0.1;
const IDLE_WINDOW = 1_000;
/** Maximum time to wait until a process is idle, in milliseconds. */
const MAX_SETTLING = 60_000;

export interface ServerCommand {
  /** Path of the main module. */
  readonly main: string;
  readonly nodeOptions?: readonly string[];
  /** The whole environment except PATH. */
  readonly environment: Readonly<Record<string, string>>;
  /** File for the output of the server. */
  readonly log: string;
}

// A benchmark that fails or is interrupted must not leave servers behind, which would slow down the next one.
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** A server under test, in its own process and on a free port. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly pid: number,
    readonly origin: string,
    /** Milliseconds from the start of the process until it listened. */
    readonly startTime: number,
  ) {}

  /** Returns when the server listens. Its log goes to a file, so that it takes no CPU time of the client. */
  static async start({ main, nodeOptions = [], environment, log }: ServerCommand) {
    const file = openSync(log, 'w');
    const begin = performance.now();
    const child = spawn(process.execPath, [...nodeOptions, main], {
      env: { PATH: process.env['PATH'], PORT: '0', HOST: '127.0.0.1', ...environment },
      stdio: ['ignore', file, file],
    });
    closeSync(file);
    children.add(child);
    child.once('exit', () => children.delete(child));
    while (performance.now() - begin < TIMEOUT_MILLISECONDS && child.exitCode === null) {
      const origin = / is at (http:\/\/[^\s,"]+)/.exec(readFileSync(log, 'utf8'))?.[1];
      if (origin && child.pid) {
        return new ServerProcess(child, child.pid, origin, performance.now() - begin);
      }
      await sleep(POLL_MILLISECONDS);
    }
    child.kill('SIGKILL');
    throw new Error(`${main} does not listen: ${readFileSync(log, 'utf8')}`);
  }

  /** CPU time of all threads so far, in seconds; NaN without /proc. */
  cpuSeconds(): number {
    return cpuSecondsOf(this.pid);
  }

  /**
   * Waits until the process is idle, at most a minute. After an upgrade, VPMS sums the past hours in the
   * background for some seconds, and a measurement would include that work.
   */
  async untilIdle(): Promise<void> {
    for (let waited = 0; waited < MAX_SETTLING; waited += IDLE_WINDOW) {
      const before = this.cpuSeconds();
      await sleep(IDLE_WINDOW);
      if (!(this.cpuSeconds() - before > IDLE_SHARE * (IDLE_WINDOW / 1000))) return;
    }
  }

  residentMebibytes(): number | null {
    return residentMebibytesOf(this.pid);
  }

  /** Stops the server with SIGTERM, or with SIGKILL after a timeout. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), TIMEOUT_MILLISECONDS);
    await exited;
    clearTimeout(timer);
  }
}
