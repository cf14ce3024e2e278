import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Creates a folder for the files of a test; the caller deletes it. */
export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'vpms-test-'));
}
