import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasErrorCode } from '../../../src/platform/errors/error-text.js';

/** Timeout for the start and the stop of a server on a busy machine, in milliseconds. */
const TIMEOUT = 60_000;

export interface ServerCommand {
  readonly url: string;
  /** Folder of the server's data, which is also its working directory; deleted with the server. */
  readonly folder: string;
  readonly program: string;
  readonly args: readonly string[];
  /** User to run as, if it is not the current one. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Output that shows that the server is ready. */
  readonly readyMessage: RegExp;
  /** Stops the server cleanly, without waiting for its clients. */
  readonly stopSignal: NodeJS.Signals;
  /** Kills the server with all its processes. */
  readonly crashSignal: NodeJS.Signals;
}

/** A server that can be stopped, killed and frozen, and is removed by its disposal. */
export class ThrowawayServer implements AsyncDisposable {
  private child: ChildProcess | undefined;
  private readonly kill = () => void this.child?.kill('SIGKILL');

  private constructor(private readonly command: ServerCommand) {
    // Kills the server if the run ends without a teardown.
    process.once('exit', this.kill);
  }

  get url(): string {
    return this.command.url;
  }

  /** Starts a server; resolves when it is ready. */
  static async start(command: ServerCommand): Promise<ThrowawayServer> {
    const server = new ThrowawayServer(command);
    try {
      await server.start();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** Starts or restarts the server with the same data folder and port. */
  async start(): Promise<void> {
    const { program, args, user, folder, readyMessage } = this.command;
    this.child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      cwd: folder,
      ...user,
    });
    await waitUntilReady(this.child, readyMessage);
  }

  stop(): Promise<void> {
    return this.end(this.command.stopSignal);
  }

  crash(): Promise<void> {
    return this.end(this.command.crashSignal);
  }

  /** Freezes the server and its child processes: connections stay open without responses. */
  pause(): void {
    for (const id of this.processes()) signal(id, 'SIGSTOP');
  }

  resume(): void {
    for (const id of this.processes()) signal(id, 'SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.resume();
    await this.stop();
    process.removeListener('exit', this.kill);
    rmSync(this.command.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || !isRunning(child)) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT);
    await exited;
    clearTimeout(timer);
  }

  /** The ids of the server's processes, the parent first, so that it creates no children after a signal. */
  private processes(): number[] {
    const { child } = this;
    if (!child?.pid || !isRunning(child)) return [];
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
    return [child.pid, ...children.split(' ').filter(Boolean).map(Number)];
  }
}

/** Sends the signal if the process still runs. A child, such as a connection of PostgreSQL, may end before. */
function signal(id: number, name: NodeJS.Signals): void {
  try {
    process.kill(id, name);
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}

function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

async function waitUntilReady(child: ChildProcess, readyMessage: RegExp): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new Error(`${child.spawnfile} ${reason}${output && `:\n${output}`}`));
    const timer = setTimeout(() => fail('does not get ready'), TIMEOUT);
    const read = (bytes: Buffer): void => {
      output = (output + bytes.toString()).slice(-10_000);
      if (!readyMessage.test(output)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', ({ message }) => fail(`cannot be started: ${message}`));
    child.once('exit', (code) => fail(`ended with ${code}`));
  });
}

/** Creates a folder for a server. */
export function serverFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `vpms-test-${name}-`));
}

/** A free port; another process may take it before it is used. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
