import { execFile } from 'node:child_process';
import { builtProgram } from './built-program.js';
import { SHORT_LIVED } from './node-options.js';

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

/** Runs a built program, such as `tools/seed/seed-cli.js`, in its own process until it exits. */
export function runCli(name: string, call: CliCall): Promise<CliResult> {
  return runScript(builtProgram(name), call);
}

/** Runs a file of JavaScript in its own process until it exits. */
export function runScript(
  file: string,
  { args = [], environment, input }: CliCall,
): Promise<CliResult> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, TIMEZONE: 'Asia/Kolkata', ...environment } };
    const words = [...SHORT_LIVED, file, ...args];
    const child = execFile(process.execPath, words, options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}
