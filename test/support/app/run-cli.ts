import { execFile } from 'node:child_process';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface CliCall {
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a built program (`dist/…`) in its own process until it exits. */
export function runCli(program: string, { args = [], environment }: CliCall): Promise<CliResult> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, TIMEZONE: 'Asia/Kolkata', ...environment } };
    const child = execFile(
      process.execPath,
      [program, ...args],
      options,
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
