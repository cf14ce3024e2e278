import type { Rule } from '../checks/rules.js';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readConfiguration } from '../../../src/platform/config/read-configuration.js';
import { importFlask } from '../../../src/tools/import-flask/import-flask.js';
import type { Progress } from '../../../src/tools/import-flask/context.js';
import { type Report, rowsOf } from '../../../src/tools/import-flask/report/report.js';
import { FlaskFile } from '../../../src/tools/import-flask/source/flask-file.js';
import { type Mode, openTarget } from '../../../src/tools/import-flask/target.js';
import { openDatabase } from '../data/database-file.js';
import { type CliResult, runCli } from '../processes/run-cli.js';
import { type FlaskContent, type LateColumn, writeFlaskDatabase } from './flask-database.js';
import type { AnyJson } from '../http/any-json.js';
import { temporaryDirectory } from '../app/temporary-directory.js';

/** The instant of every import in the tests, in ms. */
export const IMPORTED_AT = Date.parse('2026-03-01T09:30:00.000Z');

type Row = Readonly<Record<string, AnyJson>>;

/** Rules that the Flask application did not enforce; the import does not change rows that violate them. */
export const RULES_OLD_DATA_BREAKS: readonly Rule[] = [
  'no two stays on one spot overlap',
  'no two stays of one driver overlap',
  'a stay without a tariff costs the started hours at the agreed price',
  'no reservation began before its account or lot was created',
  'only drivers park',
  "a lot's spots are numbered from 1 without a gap",
];

interface ImportOptions {
  readonly mode?: Mode;
  readonly progress?: Progress;
}

/** A folder with a Flask file and a VPMS data directory. */
export class ImportFolder implements Disposable {
  readonly dataDirectory = temporaryDirectory();
  readonly source = join(this.dataDirectory, 'flask.db');
  readonly target = join(this.dataDirectory, 'vpms.db');

  constructor(content: FlaskContent = {}, without: readonly LateColumn[] = []) {
    writeFlaskDatabase(this.source, content, without);
  }

  /** Imports the file in this process. */
  async run(
    environment: Readonly<Record<string, string>> = {},
    { mode = 'write', progress = () => undefined }: ImportOptions = {},
  ): Promise<Report> {
    const configuration = readConfiguration({ DATA_DIR: this.dataDirectory, ...environment });
    using file = FlaskFile.open(this.source);
    await using target = await openTarget(configuration, mode);
    return await importFlask({
      file,
      transactions: target.transactions,
      firstAdmin: { username: 'admin', email: 'admin@vpms.local' },
      now: new Date(IMPORTED_AT),
      decimals: 2,
      pastRuns: [{ name: 'monthly-reports', period: '2025-10' }],
      progress,
    });
  }

  /** Rows of the VPMS database, which may be open. */
  query(sql: string): Row[] {
    using database = openDatabase(this.dataDirectory);
    return database.all<Row>(sql);
  }

  [Symbol.dispose](): void {
    rmSync(this.dataDirectory, { recursive: true, force: true });
  }
}

/** The report's entries of a table: the ids (or details) by reason. */
export function reportedRows(
  report: Report,
  table: keyof Report['tables'],
): Record<string, string> {
  return Object.fromEntries(
    report.tables[table].entries
      .filter(({ reason }) => reason !== 'instants truncated to milliseconds')
      .map((entry) => [entry.reason, rowsOf(entry).join(', ')]),
  );
}

/** Runs the built import command in its own process. */
export function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<CliResult> {
  return runCli('tools/import-flask/import-flask-cli.js', { args, environment });
}
