import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  openWriteDatabase,
  type WriteDatabase,
} from '../../../src/platform/database/data-sources.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../../docs/privacy.md'), 'utf8');
const NAME = /`([a-z_]+(?:\.[a-z_]+)?)`/g;
/** Columns that identify a person, or that a person wrote. */
const PERSONAL_COLUMNS = [
  'account_id',
  'actor_id',
  'client_address',
  'email',
  'plate',
  'remarks',
  'user_id',
  'username',
  'vehicle_number',
];

/** The lines between the heading and the next one. */
function section(heading: string): readonly string[] {
  const [, text = ''] = DOCUMENT.split(`\n## ${heading}\n`);
  return (text.split('\n## ')[0] ?? '').split('\n');
}

function namesIn(text: string): string[] {
  return [...text.matchAll(NAME)].flatMap(([, name]) => name ?? []);
}

/** `table.column` of each row of the table, from the cell "where". */
const personal = section('What is stored')
  .filter((line) => line.startsWith('| '))
  .flatMap((line) => namesIn(line.split('|')[2] ?? ''));
const impersonalTables = section('Tables without personal data')
  .filter((line) => line.startsWith('- '))
  .flatMap((line) => namesIn(line.split(':')[0] ?? ''));

describe('docs/privacy.md', () => {
  const directory = temporaryDirectory();
  let writer: WriteDatabase;
  /** The columns of each table. */
  const schema = new Map<string, string[]>();

  beforeAll(async () => {
    writer = await openWriteDatabase(join(directory, 'vpms.db'), []);
    const rows: { table: string; column: string }[] = await writer.query(`
      SELECT sqlite_master.name AS "table", columns.name AS "column"
      FROM sqlite_master, pragma_table_info(sqlite_master.name) AS columns
      WHERE sqlite_master.type = 'table' AND sqlite_master.name NOT LIKE 'sqlite_%'`);
    for (const { table, column } of rows) {
      schema.set(table, [...(schema.get(table) ?? []), column]);
    }
  });
  afterAll(async () => {
    await writer.destroy();
    rmSync(directory, { recursive: true, force: true });
  });

  it('names tables and columns that exist', () => {
    const columns = [...schema].flatMap(([table, names]) =>
      names.map((name) => `${table}.${name}`),
    );
    expect(personal.length).toBeGreaterThan(20);
    expect(columns).toEqual(expect.arrayContaining(personal));
    expect([...schema.keys()]).toEqual(expect.arrayContaining(impersonalTables));
  });

  it('names every table, either with its personal data or as one without', () => {
    const listed = [
      ...new Set(personal.map((name) => name.split('.')[0] ?? '')),
      ...impersonalTables,
    ];
    const message =
      'Add a new table to docs/privacy.md: under "What is stored", with why and how long it is stored ' +
      'and how an erasure treats it, or under "Tables without personal data".';
    expect(listed.toSorted(), message).toEqual([...schema.keys()].toSorted());
  });

  it('lists no table with a personal column as one without personal data', () => {
    const suspicious = impersonalTables.flatMap((table) =>
      (schema.get(table) ?? [])
        .filter((column) => PERSONAL_COLUMNS.includes(column))
        .map((column) => `${table}.${column}`),
    );
    expect(suspicious).toEqual([]);
  });
});
