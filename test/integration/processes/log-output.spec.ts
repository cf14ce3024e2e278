import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { builtProgram } from '../../support/processes/built-program.js';

/** The code of a program that logs 300 lines in one turn of the event loop, and then ends. */
function program(end: string): string {
  const output = pathToFileURL(builtProgram('platform/observability/log-output.js')).href;
  return `
    import { pino } from 'pino';
    import { logOutput } from '${output}';
    const logger = pino({}, logOutput());
    setTimeout(() => {
      for (let number = 0; number < 300; number += 1) logger.info({ number }, 'line');
      ${end}
    }, 10);`;
}

function run(code: string): Promise<string> {
  return new Promise((done) => {
    const words = ['--input-type=module', '--eval', code];
    execFile(process.execPath, words, { cwd: resolve('.') }, (_, stdout) => done(stdout));
  });
}

it.each([
  ['exits', 'process.exit(1);'],
  ['exits in the next turn', 'setImmediate(() => process.exit(1));'],
  ['fails', "throw new Error('expected');"],
  ['ends by itself', ''],
])('the log contains every line, in order, if the process %s', async (_, end) => {
  const lines = (await run(program(end))).trimEnd().split('\n');
  const numbers = lines.map((line) => (JSON.parse(line) as { readonly number: number }).number);
  expect(numbers).toEqual(Array.from({ length: 300 }, (_unused, number) => number));
});
