import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long a server may take to start or to stop, in milliseconds, on a busy machine. */
const PATIENCE = 60_000;

/** A server that lives as long as a test run, and nothing of it afterwards. */
export interface ThrowawayServer extends AsyncDisposable {
  readonly url: string;
}

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** Whom it runs as, where that is not whoever runs the tests. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** What it writes once it can be used. */
  readonly readyMessage: RegExp;
  readonly stopSignal: NodeJS.Signals;
}

/** Starts it, and answers when it is ready, with what ends it. */
export async function startServer(command: ServerCommand): Promise<() => Promise<void>> {
  const child = spawn(command.program, command.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    ...command.user,
  });
  const kill = () => void child.kill('SIGKILL');
  // Where the run itself ends without a teardown.
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    await stopProcess(child, command.stopSignal);
    process.removeListener('exit', kill);
  };
  try {
    await waitUntilReady(child, command.readyMessage);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function waitUntilReady(child: ChildProcess, readyMessage: RegExp): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new Error(`${child.spawnfile} ${reason}${output && `:\n${output}`}`));
    const timer = setTimeout(() => fail('does not get ready'), PATIENCE);
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

async function stopProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  await exited;
  clearTimeout(timer);
}

/** A folder of its own, and what removes it. */
export function serverFolder(name: string): {
  readonly folder: string;
  readonly remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), `vpms-test-${name}-`));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A port of this machine that nobody listens on; taken by whoever is first. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
