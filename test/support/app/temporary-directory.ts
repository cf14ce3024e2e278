import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for the files of a test, which deletes it afterwards. */
export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'vpms-test-'));
}
