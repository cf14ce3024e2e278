import { countOf, type Entry, type EntryKind, type Report, rowsOf } from './report.js';

const TITLES: Readonly<Record<EntryKind, string>> = {
  changed: 'Changed',
  added: 'Added',
  refused: 'Refused',
};
const NUMBERS = ['read', 'imported', 'changed', 'refused'] as const;

/** Formats the report as text. It lists the id of every row that differs from the file. */
export function summarize(report: Report): string {
  const tables = Object.entries(report.tables);
  const lines = [row(['', ...NUMBERS])];
  for (const [name, table] of tables) {
    lines.push(row([name, ...NUMBERS.map((number) => String(table[number]))]));
  }
  for (const kind of Object.keys(TITLES) as EntryKind[]) {
    const entries = tables.flatMap(([name, table]) =>
      table.entries.filter((entry) => entry.kind === kind).map((entry) => describe(name, entry)),
    );
    if (entries.length > 0) lines.push('', TITLES[kind], ...entries);
  }
  if (report.remarks.length > 0) lines.push('', ...report.remarks);
  return `${lines.join('\n')}\n`;
}

function row([name = '', ...cells]: readonly string[]): string {
  return name.padEnd(14) + cells.map((cell) => cell.padStart(12)).join('');
}

function describe(table: string, entry: Entry): string {
  return `  ${table}, ${entry.reason} (${countOf(entry)}): ${rowsOf(entry).join(', ')}`;
}
