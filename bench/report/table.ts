import type { SubjectName } from '../servers/subjects.js';
import type { Row } from './medians.js';
import type { Verdict } from './targets.js';

/** Formats the results as a Markdown table. */
export function resultsTable(rows: readonly Row[]): string {
  const head = [
    'measured',
    'server',
    'req/s',
    '÷ bare',
    '÷ previous',
    'p50 ms',
    'p99 ms',
    'CPU µs',
    'MiB',
  ];
  return markdown(
    [...head, 'client', 'not 2xx'],
    rows.map(({ name, subject, median }) => {
      const ratioTo = (other: SubjectName) => {
        const row = rows.find(
          (candidate) => candidate.name === name && candidate.subject === other,
        );
        if (subject === other) return '';
        return digits(median.requestsPerSecond / (row?.median.requestsPerSecond ?? NaN), 2);
      };
      return [
        name,
        subject,
        digits(median.requestsPerSecond, 0),
        ratioTo('bare'),
        subject === 'vpms' ? ratioTo('previous') : '',
        digits(median.p50, 1),
        digits(median.p99, 1),
        digits(median.cpuPerRequest, 0),
        digits(median.residentMemory, 0),
        `${digits(median.clientShare * 100, 0)} %`,
        formatFailures(median.statuses),
      ];
    }),
  );
}

/** Formats the targets as a Markdown table. */
export function targetsTable(verdicts: readonly Verdict[]): string {
  return markdown(
    ['ratio', 'result', 'required', ''],
    verdicts.map(({ text, lessIsBetter, ratio, required, isMet }) => {
      const bound = `${lessIsBetter ? '≤' : '≥'} ${required}`;
      return [text, digits(ratio, 2), bound, isMet ? 'met' : 'missed'];
    }),
  );
}

export function markdown(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...body.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** Returns the rounded number, or an empty string if there is none. */
export function digits(value: number | null, decimals: number): string {
  return value === null || !Number.isFinite(value) ? '' : value.toFixed(decimals);
}

function formatFailures(statuses: Readonly<Record<string, number>>): string {
  return Object.entries(statuses)
    .filter(([status]) => !status.startsWith('2'))
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ');
}
