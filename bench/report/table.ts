import type { MeasurementEntry } from '../round.js';
import { medianRatio, medianRows } from './medians.js';
import type { Verdict } from './targets.js';

/** Formats the medians of all rounds as a Markdown table. */
export function resultsTable(entries: readonly MeasurementEntry[]): string {
  const head = [
    'measured',
    'server',
    'req/s',
    '÷ bare',
    '÷ previous',
    'p50 ms',
    'p99 ms',
    'CPU µs',
    'CPU ÷ previous',
    'MiB',
  ];
  return markdown(
    [...head, 'client', 'not 2xx'],
    medianRows(entries).map(({ name, subject, median }) => {
      const ratioTo = (
        other: 'bare' | 'previous',
        metric: 'requestsPerSecond' | 'cpuPerRequest',
      ) => {
        const isComparable = subject !== other && (other === 'bare' || subject === 'vpms');
        if (!isComparable) return '';
        return digits(medianRatio(entries, metric, { subject, name }, { subject: other, name }), 2);
      };
      return [
        name,
        subject,
        digits(median.requestsPerSecond, 0),
        ratioTo('bare', 'requestsPerSecond'),
        ratioTo('previous', 'requestsPerSecond'),
        digits(median.p50, 1),
        digits(median.p99, 1),
        digits(median.cpuPerRequest, 0),
        ratioTo('previous', 'cpuPerRequest'),
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
