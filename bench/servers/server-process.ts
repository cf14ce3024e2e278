import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf, residentMebibytesOf } from './process-usage.js';

/** How long a server may take to start or to end, in milliseconds, on a busy machine. */
const PATIENCE = 60_000;
const POLL_MILLISECONDS = 5;

export interface ServerCommand {
  /** What Node runs. */
  readonly main: string;
  readonly nodeOptions?: readonly string[];
  /** All of its environment but PATH. */
  readonly environment: Readonly<Record<string, string>>;
  /** The file that takes all that it says. */
  readonly log: string;
}

/** A server under test in a process of its own, on a free port of this machine. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly pid: number,
    readonly origin: string,
    /** Milliseconds from its start until it listened. */
    readonly startTime: number,
  ) {}

  /** Answers when it listens. Its log is a file, so that reading it costs the driver nothing. */
  static async start({ main, nodeOptions = [], environment, log }: ServerCommand) {
    const file = openSync(log, 'w');
    const begin = performance.now();
    const child = spawn(process.execPath, [...nodeOptions, main], {
      env: { PATH: process.env['PATH'], PORT: '0', HOST: '127.0.0.1', ...environment },
      stdio: ['ignore', file, file],
    });
    closeSync(file);
    const kill = () => void child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    while (performance.now() - begin < PATIENCE && child.exitCode === null) {
      const origin = / is at (http:\/\/[^\s,"]+)/.exec(readFileSync(log, 'utf8'))?.[1];
      if (origin && child.pid) {
        return new ServerProcess(child, child.pid, origin, performance.now() - begin);
      }
      await sleep(POLL_MILLISECONDS);
    }
    child.kill('SIGKILL');
    throw new Error(`${main} does not listen: ${readFileSync(log, 'utf8')}`);
  }

  /** CPU that all of its threads have used so far, in seconds; NaN where there is no /proc. */
  cpuSeconds(): number {
    return cpuSecondsOf(this.pid);
  }

  residentMebibytes(): number | null {
    return residentMebibytesOf(this.pid);
  }

  /** Ends it in order, by force where it takes too long. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE);
    await exited;
    clearTimeout(timer);
  }
}
