import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';

const PROGRAMS = 4;

let directory: string;
let programs: ChildProcess[];

beforeEach(() => {
  if (!existsSync('dist/main.js')) throw new Error('Run `npm run build` before this test.');
  directory = temporaryDirectory();
  programs = [];
});
afterEach(() => {
  for (const program of programs) program.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** Starts the program. Resolves with its output when it is ready or has exited. */
function start(): Promise<string> {
  const environment = { DATA_DIR: directory, PORT: '0', LOG_FORMAT: 'json', TIMEZONE: 'UTC' };
  const program = spawn(process.execPath, ['dist/main.js'], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  programs.push(program);
  return new Promise((resolve) => {
    let output = '';
    for (const stream of [program.stdout, program.stderr]) {
      stream.on('data', (chunk) => {
        output += String(chunk);
        if (output.includes('VPMS is at')) resolve(output);
      });
    }
    program.once('exit', () => resolve(output));
  });
}

it('starts one of several programs on one empty folder', { timeout: 60_000 }, async () => {
  const outputs = await Promise.all(Array.from({ length: PROGRAMS }, start));
  const refused = outputs.filter((output) => !output.includes('VPMS is at'));
  expect(refused).toHaveLength(PROGRAMS - 1);
  for (const output of refused) expect(output).toMatch(/^Another VPMS process uses the database/);

  const database = new Database(join(directory, 'vpms.db'), { readonly: true });
  expect(database.prepare('SELECT username, role FROM accounts').all()).toEqual([
    { username: 'admin', role: 'admin' },
  ]);
  expect(database.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  database.close();

  const running = programs.filter(({ exitCode }) => exitCode === null);
  const ends = running.map((program) => once(program, 'exit'));
  for (const program of running) program.kill('SIGTERM');
  expect((await Promise.all(ends)).map(([code]) => code)).toEqual([0]);
});
