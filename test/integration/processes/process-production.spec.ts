import { randomBytes } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProcess } from '../../support/processes/processes.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';

/** Packages that only development needs; with them the test would prove nothing. */
const DEVELOPMENT = ['vitest', '@nestjs/cli', '@swc/core', 'unplugin-swc'];

let directory: string;

/** Links the packages that `npm ci --omit=dev` would install. */
beforeAll(() => {
  directory = temporaryDirectory();
  for (const name of ['dist', 'package.json', 'package-lock.json']) {
    cpSync(name, join(directory, name), { recursive: true });
  }
  const list = execFileSync('npm', ['ls', '--omit=dev', '--parseable', '--all'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for (const path of list.trim().split('\n').slice(1)) {
    const place = relative(resolve('.'), path);
    // A nested package comes with its parent.
    if (place.lastIndexOf('node_modules') > 0) continue;
    mkdirSync(dirname(join(directory, place)), { recursive: true });
    symlinkSync(path, join(directory, place));
  }
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** npx puts the commands of this repository's packages, and so the compiler, on the path. */
function pathWithoutPackages(): string {
  const folders = (process.env['PATH'] ?? '').split(':');
  return folders.filter((folder) => !folder.includes('node_modules')).join(':');
}

it.each([
  ['seed', ['--help'], 0, /npm run seed -- \[flags\]/],
  ['import:flask', ['--help'], 1, /^Usage/],
  ['currency:decimals', [], 1, /^Usage/],
  ['backup', [], 1, /^Usage/],
])('runs npm run %s from the existing build', async (script, args, code, expected) => {
  const built = statSync(join(directory, 'dist/main.js'));
  const result = spawnSync('npm', ['run', '--silent', script, '--', ...args], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, PATH: pathWithoutPackages() },
  });
  expect(result.stdout + result.stderr).toMatch(expected);
  expect(result.status).toBe(code);
  expect(statSync(join(directory, 'dist/main.js'))).toMatchObject({
    ino: built.ino,
    mtimeMs: built.mtimeMs,
  });
});

it('starts without any development dependency', async () => {
  for (const name of DEVELOPMENT) {
    expect(existsSync(join('node_modules', name)), name).toBe(true);
    expect(existsSync(join(directory, 'node_modules', name)), name).toBe(false);
  }
  await using vpms = await startProcess({
    main: join(directory, 'dist/main.js'),
    // Without these options, Node resolves dependencies at the link's target and finds all of them.
    nodeOptions: ['--preserve-symlinks', '--preserve-symlinks-main'],
    environment: {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      JWT_SECRET: randomBytes(16).toString('hex'),
      ADMIN_PASSWORD: 'not the default',
    },
  });
  const body = { username: 'admin', password: 'not the default' };
  expect((await vpms.http.post('/api/admin/login', { body })).status).toBe(200);
  expect((await vpms.http.get('/api/docs')).text).toContain('swagger-ui');
  expect((await vpms.http.get('/api/docs-json')).body.openapi).toMatch(/^3\./);
  expect(vpms.output()).not.toContain('default password');
  // In production the log is JSON, and so is every line of output.
  for (const line of vpms.output().trimEnd().split('\n')) JSON.parse(line);
});
