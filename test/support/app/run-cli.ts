import { execFile } from 'node:child_process';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface CliCall {
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Standard input; empty by default. */
  readonly input?: string;
}

/** Runs a built program (`dist/…`) in its own process until it exits. */
export function runCli(
  program: string,
  { args = [], environment, input }: CliCall,
): Promise<CliResult> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, TIMEZONE: 'Asia/Kolkata', ...environment } };
    const child = execFile(
      process.execPath,
      [program, ...args],
      options,
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}
