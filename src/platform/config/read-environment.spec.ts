import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnvironment } from './read-environment.js';
import { StartError } from '../errors/start-error.js';

describe('readEnvironment', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'vpms-env-'));
  });
  afterEach(() => {
    delete process.env['VPMS_TEST'];
    rmSync(directory, { recursive: true });
  });

  it('prefers the real environment to .env', () => {
    process.env['VPMS_TEST'] = 'real';
    writeFileSync(join(directory, '.env'), '# comment\nVPMS_TEST=file\nVPMS_OTHER="a b"\n');
    expect(readEnvironment(directory)).toMatchObject({ VPMS_TEST: 'real', VPMS_OTHER: 'a b' });
  });

  it('works without .env', () => {
    expect(readEnvironment(directory)).toEqual({ ...process.env });
  });

  it('reports that .env cannot be read', () => {
    mkdirSync(join(directory, '.env'));
    expect(() => readEnvironment(directory)).toThrow(StartError);
  });
});
