import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runScript } from '../../support/processes/run-cli.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';

/** The fields of a package in the lockfile that the tests read or change. */
interface LockedPackage {
  readonly version?: string;
  integrity?: string;
  resolved?: string;
  license?: string;
  licenses?: readonly { readonly type: string }[];
  hasInstallScript?: boolean;
}

interface Manifest {
  allowScripts: Record<string, boolean>;
}

const DRIVER = 'node_modules/better-sqlite3';
const SHIPPED = 'node_modules/fastify';
const DEVELOPMENT = 'node_modules/prettier';

const folder = temporaryDirectory();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const readJson = (name: string) => JSON.parse(readFileSync(name, 'utf8'));

const readLockfile = (): { packages: Record<string, LockedPackage> } =>
  readJson('package-lock.json');

/** The result of the package check after a change to this repository's packages. */
async function check(change: (find: (path: string) => LockedPackage, manifest: Manifest) => void) {
  const lockfile = readLockfile();
  const manifest: Manifest = readJson('package.json');
  change((path) => {
    const found = lockfile.packages[path];
    if (!found) throw new Error(`${path} is not in package-lock.json`);
    return found;
  }, manifest);
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lockfile));
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const { code, stderr } = await runScript('scripts/check-packages.mjs', { args: [folder] });
  return { code, problems: stderr.trimEnd() };
}

describe('the package check', () => {
  it('accepts the packages of this repository', async () => {
    expect(await check(() => {})).toEqual({ code: 0, problems: '' });
  });

  it.each([undefined, 'sha1-RkbMTBfHM3DqXh/lBXX0cN+J8cY=', 'sha512-short'])(
    'refuses a package whose integrity is %s',
    async (integrity) => {
      const { code, problems } = await check((find) => {
        find(DEVELOPMENT).integrity = integrity;
      });
      expect(code).toBe(1);
      expect(problems).toMatch(/^prettier@[\d.]+ has no SHA-512 in package-lock.json$/);
    },
  );

  it('refuses a package whose address is fixed in the lockfile', async () => {
    const { code, problems } = await check((find) => {
      find(SHIPPED).resolved = 'https://example.com/fastify.tgz';
    });
    expect(code).toBe(1);
    expect(problems).toMatch(/^fastify@[\d.]+ is tied to https:\/\/example\.com\/fastify\.tgz in/);
  });

  it('refuses an install script without a decision', async () => {
    const { code, problems } = await check((find) => {
      find(SHIPPED).hasInstallScript = true;
    });
    expect(code).toBe(1);
    expect(problems).toMatch(/^fastify@[\d.]+ has an install script, and allowScripts has/);
  });

  it('refuses a decision on a script that no longer exists', async () => {
    const { code, problems } = await check((find) => {
      find(DRIVER).hasInstallScript = false;
    });
    expect(code).toBe(1);
    expect(problems).toBe('allowScripts names better-sqlite3, which has no install script');
  });

  it.each([
    'GPL-3.0-only',
    'AGPL-3.0-or-later',
    'MIT AND MPL-2.0',
    'SEE LICENSE IN EULA',
    undefined,
  ])('refuses production packages under %s', async (license) => {
    const { code, problems } = await check((find) => {
      find(SHIPPED).license = license;
    });
    expect(code).toBe(1);
    expect(problems).toMatch(/^fastify@[\d.]+ is under /);
    expect(problems.endsWith(`is under ${license ?? 'no licence'}`)).toBe(true);
  });

  it.each(['ISC', '(GPL-3.0-only OR MIT)', 'MIT AND BSD-3-Clause'])(
    'accepts production packages under %s',
    async (license) => {
      const { code } = await check((find) => {
        find(SHIPPED).license = license;
      });
      expect(code).toBe(0);
    },
  );

  it('accepts a licence that is declared in the legacy field', async () => {
    const { code } = await check((find) => {
      const entry = find(SHIPPED);
      delete entry.license;
      entry.licenses = [{ type: 'GPL-3.0-only' }, { type: 'MIT' }];
    });
    expect(code).toBe(0);
  });

  it('refuses a checked licence of a package that declares one itself', async () => {
    const { code, problems } = await check((find) => {
      find('node_modules/pause').license = 'MIT';
    });
    expect(code).toBe(1);
    expect(problems).toMatch(
      /^CHECKED_LICENCES names pause@[\d.]+, which declares its licence or is/,
    );
  });

  it('accepts development packages under any licence', async () => {
    const { code } = await check((find) => {
      find(DEVELOPMENT).license = 'MPL-2.0';
    });
    expect(code).toBe(0);
  });
});

interface Component {
  readonly name: string;
  readonly version: string;
  readonly hashes?: readonly { readonly alg: string }[];
  readonly licenses?: readonly unknown[];
}

it('lists every package with its hash and its declared licence in the SBOM', () => {
  const text = execFileSync('npm', ['run', '--silent', 'sbom'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
  });
  const { components }: { readonly components: readonly Component[] } = JSON.parse(text);
  const listed = components
    .filter(({ hashes }) => hashes?.[0]?.alg === 'SHA-512')
    .map(({ name, version, licenses = [] }) => `${name}@${version} ${licenses.length > 0}`);
  const locked = Object.entries(readLockfile().packages)
    .filter(([path]) => path !== '')
    .map(([path, { version, license }]) => {
      return `${path.replace(/^.*node_modules\//, '')}@${version} ${license !== undefined}`;
    });
  expect(locked.length).toBeGreaterThan(0);
  expect(locked.filter((name) => !listed.includes(name))).toEqual([]);
});
