import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe } from 'vitest';

/** How long a server may take to start or to end, in milliseconds. */
const PATIENCE = 60_000;
const DEBIAN_FOLDER = '/usr/lib/postgresql';

interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly user?: { readonly uid: number; readonly gid: number };
  /** What it writes once it can be used. */
  readonly ready: RegExp;
  /** Ends it in order, without waiting for its clients. */
  readonly stopSignal: NodeJS.Signals;
}

/** A server of a test's own, on a free port and in a temporary folder, to be ill-treated. */
export class OwnServer implements AsyncDisposable {
  private child: ChildProcess | undefined;

  private constructor(
    readonly url: string,
    private readonly folder: string,
    private readonly command: Command,
  ) {}

  static async postgres(): Promise<OwnServer> {
    const [initdb, program] = [find('initdb'), find('postgres')];
    const folder = mkdtempSync(join(tmpdir(), 'vpms-test-postgres-'));
    const user = unprivilegedUser();
    if (user) chownSync(folder, user.uid, user.gid);
    const cluster = join(folder, 'cluster');
    const access = ['-U', 'vpms', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    execFileSync(initdb, ['-D', cluster, ...access], { stdio: 'pipe', cwd: folder, ...user });
    const port = await freePort();
    // No socket file, whose path has a length limit; no fsync, which only a power cut would need.
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
    const options = [...settings, 'max_connections=250'].flatMap((setting) => ['-c', setting]);
    return OwnServer.started(`postgres://vpms@127.0.0.1:${port}/postgres`, folder, {
      program,
      args: ['-D', cluster, '-p', String(port), ...options],
      ...(user && { user }),
      ready: /ready to accept connections/,
      stopSignal: 'SIGINT',
    });
  }

  static async redis(): Promise<OwnServer> {
    const program = find('redis-server');
    const folder = mkdtempSync(join(tmpdir(), 'vpms-test-redis-'));
    const port = await freePort();
    const persistence = ['--save', '', '--appendonly', 'no'];
    return OwnServer.started(`redis://127.0.0.1:${port}`, folder, {
      program,
      args: ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...persistence],
      ready: /Ready to accept connections/,
      stopSignal: 'SIGTERM',
    });
  }

  private static async started(url: string, folder: string, command: Command): Promise<OwnServer> {
    const server = new OwnServer(url, folder, command);
    try {
      await server.start();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** Starts it on the data and the port that it had. */
  async start(): Promise<void> {
    const { program, args, user, ready } = this.command;
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      cwd: this.folder,
      ...user,
    });
    this.child = child;
    let output = '';
    await new Promise<void>((resolve, reject) => {
      const fail = () => reject(new Error(`${program} does not start: ${output}`));
      const timer = setTimeout(fail, PATIENCE);
      const read = (bytes: Buffer) => {
        output = (output + bytes.toString()).slice(-10_000);
        if (!ready.test(output)) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', fail);
      child.once('exit', fail);
    });
  }

  stop(): Promise<void> {
    return this.end(this.command.stopSignal);
  }

  /** Freezes it, and each process that it has made: connections stay open and say nothing. */
  pause(): void {
    for (const id of this.processes()) process.kill(id, 'SIGSTOP');
  }

  resume(): void {
    for (const id of this.processes()) process.kill(id, 'SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.resume();
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    child.kill(signal);
    await exited;
    clearTimeout(timer);
  }

  /** Itself first, so that it makes no more of them. */
  private processes(): number[] {
    const { pid, exitCode, signalCode } = this.child ?? {};
    if (!pid || exitCode !== null || signalCode !== null) return [];
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return [pid, ...children.split(' ').filter(Boolean).map(Number)];
  }
}

/** Like `describe`; where a server is not installed it is skipped with a notice, but not in CI. */
export const describeWithServers = isInstalled() ? describe : describe.skip;

function isInstalled(): boolean {
  const missing = ['initdb', 'postgres', 'redis-server'].filter((name) => !search(name));
  if (missing.length === 0) return true;
  const notice = `not installed: ${missing.join(', ')}`;
  if (process.env['CI'] === 'true') throw new Error(notice);
  process.stderr.write(`The tests of a cluster are skipped: ${notice}\n`);
  return false;
}

function find(program: string): string {
  const file = search(program);
  if (!file) throw new Error(`${program} is not installed`);
  return file;
}

/** In PATH, or where Debian has a folder for each version of PostgreSQL; the newest first. */
function search(program: string): string | undefined {
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER) : [];
  const debian = versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN_FOLDER, version, 'bin'));
  const redis = program === 'redis-server';
  const folders = [...(redis ? [] : debian), ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
}

/** PostgreSQL refuses to run as root; its package has made a user for it. */
function unprivilegedUser(): Command['user'] {
  if (process.getuid?.() !== 0) return undefined;
  const id = (which: string) => Number(execFileSync('id', [which, 'postgres']).toString());
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
