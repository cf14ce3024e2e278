import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnvironment } from './read-environment.js';
import { StartError } from '../../errors/start-error.js';

describe('readEnvironment', () => {
  let directory: string;
  let warnings: string[];
  const warn = (warning: string) => void warnings.push(warning);
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'vpms-env-'));
    warnings = [];
  });
  afterEach(() => {
    delete process.env['VPMS_TEST'];
    rmSync(directory, { recursive: true });
  });

  it('prefers the real environment to .env', () => {
    process.env['VPMS_TEST'] = 'real';
    writeFileSync(join(directory, '.env'), '# comment\nVPMS_TEST=file\nVPMS_OTHER="a b"\n');
    expect(readEnvironment({ directory, warn })).toMatchObject({
      VPMS_TEST: 'real',
      VPMS_OTHER: 'a b',
    });
  });

  it('works without .env', () => {
    expect(readEnvironment({ directory, warn })).toEqual({ ...process.env });
  });

  it('reports warnings with the file and the line', () => {
    writeFileSync(join(directory, '.env'), 'LOG_LEVEL=info\nPROT=5001\n');
    readEnvironment({ directory, warn });
    expect(warnings).toEqual([
      `${join(directory, '.env')}, line 2: PROT is ignored; it probably means PORT`,
    ]);
  });

  it.each([
    ['a directory', () => mkdirSync(join(directory, '.env')), 'cannot be read: EISDIR'],
    [
      'a link to a missing file',
      () => symlinkSync('missing', join(directory, '.env')),
      'cannot be read: ENOENT',
    ],
    [
      'a link to itself',
      () => symlinkSync('.env', join(directory, '.env')),
      'cannot be read: ELOOP',
    ],
    [
      'UTF-16 with a byte order mark',
      () => writeFileSync(join(directory, '.env'), '\uFEFFNODE_ENV=production\n', 'utf16le'),
      'is not UTF-8 text',
    ],
    [
      'UTF-16 without a byte order mark',
      () => writeFileSync(join(directory, '.env'), 'NODE_ENV=production\n', 'utf16le'),
      'is not UTF-8 text',
    ],
    [
      'Latin-1',
      () => writeFileSync(join(directory, '.env'), 'ADMIN_PASSWORD=pässwort\n', 'latin1'),
      'is not UTF-8 text',
    ],
  ])('refuses a .env file that is %s, in one line', (_, create, reason) => {
    create();
    let message = '';
    try {
      readEnvironment({ directory, warn });
    } catch (error) {
      if (error instanceof StartError) message = error.message;
    }
    expect(message).toMatch(/^[^\n]+$/);
    expect(message).toContain(join(directory, '.env'));
    expect(message).toContain(reason);
  });
});
