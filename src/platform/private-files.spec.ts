import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartError } from './errors/start-error.js';
import { makePrivateFile, makePrivateFolder, makePrivateIfPresent } from './private-files.js';

const UNPRIVILEGED = 65_534;

describe('private files', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'vpms-private-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const modeOf = (path: string) => statSync(path).mode & 0o7777;

  it('are created with modes 0700 and 0600', () => {
    const folder = join(directory, 'a/b');
    makePrivateFolder(folder);
    makePrivateFile(join(folder, 'c'));
    expect([modeOf(folder), modeOf(join(folder, 'c'))]).toEqual([0o700, 0o600]);
  });

  it.each([0o755, 0o750, 0o777, 0o701])('replace the mode %i of a folder', (mode) => {
    chmodSync(directory, mode);
    makePrivateFolder(directory);
    expect(modeOf(directory)).toBe(0o700);
  });

  it('keep the contents and stricter modes of existing files', () => {
    const file = join(directory, 'a');
    writeFileSync(file, 'text', { mode: 0o644 });
    makePrivateFile(file);
    expect([modeOf(file), statSync(file).size]).toEqual([0o600, 4]);
    chmodSync(file, 0o400);
    makePrivateIfPresent(file);
    expect(modeOf(file)).toBe(0o400);
    expect(() => makePrivateIfPresent(join(directory, 'missing'))).not.toThrow();
  });

  it.runIf(process.getuid?.() === 0)(
    'are refused with the remedy if another user owns them',
    () => {
      const file = join(directory, 'a');
      writeFileSync(file, '', { mode: 0o644 });
      chmodSync(directory, 0o777);
      process.seteuid?.(UNPRIVILEGED);
      try {
        expect(() => makePrivateFolder(directory)).toThrow(StartError);
        expect(() => makePrivateFolder(directory)).toThrow(
          `run chmod 0700 ${directory} as its owner`,
        );
        expect(() => makePrivateIfPresent(file)).toThrow(`run chmod 0600 ${file} as its owner`);
      } finally {
        process.seteuid?.(0);
      }
    },
  );
});
