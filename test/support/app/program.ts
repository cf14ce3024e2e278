import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { HttpClient } from '../http/http-client.js';

/** The built program in a process of its own, as operators run it. */
export class Program implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    readonly http: HttpClient,
  ) {}

  /** Answers when it listens. */
  static async start(environment: Readonly<Record<string, string>>): Promise<Program> {
    const child = spawn(process.execPath, ['dist/main.js'], {
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        TIMEZONE: 'UTC',
        LOG_FORMAT: 'json',
        RATE_LIMIT_ENABLED: 'false',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()));
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (bytes: Buffer) => {
        output += bytes.toString();
        const found = /VPMS is at (http:\S+?),/.exec(output)?.[1];
        if (found) resolve(found);
      });
      child.once('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)));
    });
    return new Program(child, new HttpClient(url));
  }

  /** Ends it and answers its exit code, null where a signal killed it. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}
