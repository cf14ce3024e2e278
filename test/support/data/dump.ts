import { gunzipSync } from 'node:zlib';
import { ON_POSTGRES, queryDatabase } from './test-database.js';

const TABLES = ON_POSTGRES
  ? `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`
  : `SELECT name FROM sqlite_master WHERE type = 'table'`;

/** Every value of every row of every table as text, one line per row; files are decompressed. */
export async function dumpDatabase(vpms: { readonly dataDirectory: string }): Promise<string> {
  const lines: string[] = [];
  for (const { name } of await queryDatabase<{ name: string }>(vpms.dataDirectory, TABLES)) {
    for (const row of await queryDatabase<object>(vpms.dataDirectory, `SELECT * FROM ${name}`)) {
      const values = Object.entries(row).map(([column, value]) => `${column}=${textOf(value)}`);
      lines.push(`${name}: ${values.join(' ')}`);
    }
  }
  return lines.join('\n');
}

function textOf(value: unknown): string {
  if (!(value instanceof Uint8Array)) return String(value);
  const isGzip = value[0] === 0x1f && value[1] === 0x8b;
  return isGzip ? gunzipSync(value).toString() : Buffer.from(value).toString();
}
