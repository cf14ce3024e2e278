// Checks that no request scans or sorts a table that grows, by the database's own plan of each
// statement.

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Client } from '../data/pg.js';
import { WriteDatabase } from '../../../src/platform/database/data-sources.js';
import { ReadDatabase } from '../../../src/platform/database/read-database.js';
import type { TestApp } from '../app/test-app.js';
import { databaseEnvironment, ON_POSTGRES } from '../data/test-database.js';

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Tables that grow with each booking, driver, spot or login. */
export const GROWING =
  'accounts account_links audit_log driver_totals export_chunks exports gate_events idempotency_records reservations sessions spots tariffs vehicles'.split(
    ' ',
  );

/**
 * How the database accesses the growing tables. A table with the index that is used is written as
 * `spots by spots_free`.
 */
export interface Plans {
  /** Tables that are scanned, and `sort`: their cost grows with the number of rows. */
  readonly scans: readonly string[];
  /** Tables whose rows are found through an index. */
  readonly lookups: readonly string[];
}

/** The query plans of all statements that run during the action. */
export async function plansOf(vpms: TestApp, action: () => Promise<unknown>): Promise<Plans> {
  const all = await statementsOf(vpms, action);
  const statements = [...new Map(all.map((statement) => [statement.text, statement])).values()];
  const steps = ON_POSTGRES ? await postgresSteps(vpms, statements) : sqliteSteps(vpms, statements);
  const names = (isWalk: boolean) =>
    [...new Set(steps.filter((step) => step.isScan === isWalk).map(({ name }) => name))].toSorted();
  return { scans: names(true), lookups: names(false) };
}

interface Step {
  readonly name: string;
  readonly isScan: boolean;
}

/** Replaces TypeORM's logger to collect the statements that run during the action, in their order. */
export async function statementsOf(
  { app }: TestApp,
  action: () => Promise<unknown>,
): Promise<Statement[]> {
  const executed: Statement[] = [];
  const recorder = {
    logQuery: (text: string, values: readonly unknown[] = []) => {
      if (/^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)/.test(text)) executed.push({ text, values });
    },
    logQueryError: () => undefined,
    logQuerySlow: () => undefined,
    logSchemaBuild: () => undefined,
    logMigration: () => undefined,
    log: () => undefined,
  };
  const sources = [app.get(ReadDatabase).source, ...(ON_POSTGRES ? [] : [app.get(WriteDatabase)])];
  const loggers = sources.map(({ logger }) => logger);
  for (const source of sources) Object.assign(source, { logger: recorder });
  await action();
  for (const [index, source] of sources.entries()) {
    Object.assign(source, { logger: loggers[index] });
  }
  return executed;
}

function sqliteSteps({ dataDirectory }: TestApp, statements: readonly Statement[]): Step[] {
  const database = new Database(join(dataDirectory, 'vpms.db'), { readonly: true });
  // With foreign keys, plans list scans that SQLite runs only to check whether a violation is resolved.
  database.pragma('foreign_keys = OFF');
  const steps = statements.flatMap(({ text, values }) => {
    const tables = tablesByAlias(text);
    const plan = database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`);
    return plan.all(...values).flatMap(({ detail }): Step[] => {
      if (detail.includes('USE TEMP B-TREE')) return [{ name: 'sort', isScan: true }];
      const [, way, alias = '', index] =
        /^(SCAN|SEARCH) (\w+)(?: USING (?:COVERING )?INDEX (\w+))?/.exec(detail) ?? [];
      return stepsOn(tables.get(alias) ?? alias, { index, isWalk: way === 'SCAN' });
    });
  });
  database.close();
  return steps;
}

/** Maps the aliases of a statement to their tables. */
function tablesByAlias(text: string): Map<string, string> {
  const names = text.matchAll(/\b(?:FROM|JOIN)\s+"?(\w+)"?\s+(?:AS\s+)?"?(\w+)/gi);
  return new Map(Array.from(names, ([, table = '', alias = '']) => [alias, table]));
}

function stepsOn(table: string, { index, isWalk }: { index?: string; isWalk: boolean }): Step[] {
  if (!GROWING.includes(table)) return [];
  return [{ name: index ? `${table} by ${index}` : table, isScan: isWalk }];
}

/** The used fields of a node in PostgreSQL's plans. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

/**
 * With few rows, PostgreSQL prefers scans and sorts. If these methods are disabled, it uses them only if
 * nothing else is possible.
 */
const DISABLED_PLANNER_METHODS = [
  'seqscan',
  'sort',
  'bitmapscan',
  'hashjoin',
  'mergejoin',
  'material',
];

async function postgresSteps(
  { dataDirectory }: TestApp,
  statements: readonly Statement[],
): Promise<Step[]> {
  const client = new Client({
    connectionString: databaseEnvironment(dataDirectory)['DATABASE_URL'],
  });
  await client.connect();
  const steps: Step[] = [];
  try {
    for (const way of DISABLED_PLANNER_METHODS) await client.query(`SET enable_${way} = off`);
    for (const { text, values } of statements) {
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
        `EXPLAIN (FORMAT JSON) ${text}`,
        [...values],
      );
      for (const row of rows) steps.push(...stepsIn(row['QUERY PLAN'][0].Plan));
    }
  } finally {
    await client.end();
  }
  return steps;
}

function stepsIn(node: PlanNode): Step[] {
  const { 'Node Type': type, 'Relation Name': table = '', 'Index Name': index, Plans = [] } = node;
  const within = Plans.flatMap(stepsIn);
  if (type.endsWith('Sort')) return [{ name: 'sort', isScan: true }, ...within];
  if (!type.includes('Scan')) return within;
  return [...stepsOn(table, { index, isWalk: !node['Index Cond'] }), ...within];
}
