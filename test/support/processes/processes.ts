import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { HttpClient } from '../http/clients/http-client.js';
import { builtProgram } from './built-program.js';
import { SHORT_LIVED } from './node-options.js';
import { temporaryDirectory } from '../app/temporary-directory.js';

// Up to ten processes start at once on two cores.
const START_MILLISECONDS = 60_000;

export interface ProcessOptions {
  /** The folder of an earlier process, to start on its data again. */
  readonly dataDirectory?: string;
  /** Variables in addition to the defaults. Of the tests' own environment only PATH is passed. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Working directory, in which `.env` is read; the data directory by default. */
  readonly directory?: string;
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
  /** Main module to start instead of this repository's. */
  readonly main?: string;
}

/** Exit code and complete output of a process. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program in a process of its own. */
export interface VpmsProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly http: HttpClient;
  readonly dataDirectory: string;
  readonly ended: Promise<Ending>;
  /** The standard output so far. */
  readonly output: () => string;
  /** Sends the signal and waits for the end. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<Ending>;
}

/** Starts the program and waits until it listens. Its disposal also deletes the data directory. */
export async function startProcess(options: ProcessOptions = {}): Promise<VpmsProcess> {
  const dataDirectory = options.dataDirectory ?? temporaryDirectory();
  const started = launch({ ...options, dataDirectory });
  const url = await started.until(/VPMS is at (http:\/\/[^\s,]+)/);
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    started.child.kill(signal);
    return started.ended;
  };
  return {
    ...started,
    http: new HttpClient(url),
    dataDirectory,
    stop,
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL');
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** Starts a program that is expected to exit by itself. */
export async function runToEnd(options: ProcessOptions): Promise<Ending> {
  const { child, ended } = launch(options);
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MILLISECONDS);
  return ended.finally(() => clearTimeout(timer));
}

/** Starts the program without waiting for it. */
export function launch({
  dataDirectory,
  environment,
  directory,
  nodeOptions = [],
  main,
}: ProcessOptions) {
  const words = [...SHORT_LIVED, ...nodeOptions, main ?? builtProgram('main.js')];
  const child = spawn(process.execPath, words, {
    cwd: directory ?? dataDirectory,
    env: { PATH: process.env['PATH'], ...defaults(dataDirectory), ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code, signal]): Ending => {
    return { code, signal, stdout, stderr };
  });
  /** Waits until the output matches the pattern; returns its first group. */
  const until = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), START_MILLISECONDS);
      const look = () => {
        const found = pattern.exec(stdout)?.[1];
        if (found === undefined) return;
        clearTimeout(timer);
        child.stdout?.off('data', look);
        resolve(found);
      };
      child.stdout?.on('data', look);
      void ended.then(() => reject(new Error(`It ended without listening: ${stdout}${stderr}`)));
    });
  return { child, ended, until, output: () => stdout };
}

function defaults(dataDirectory: string | undefined): Record<string, string> {
  return {
    PORT: '0',
    TIMEZONE: 'UTC',
    RATE_LIMIT_ENABLED: 'false',
    ...(dataDirectory ? { DATA_DIR: dataDirectory } : {}),
  };
}
