import type { Cell } from '../source/rows.js';

/** An instant in the file. */
export interface ParsedInstant {
  /** In ms since 1970 UTC. */
  readonly at: number;
  /** Whether the file had a higher precision than milliseconds. */
  readonly truncated: boolean;
}

const INSTANT_PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|\+00:?00)?)?$/;

/**
 * Parses text such as `2025-11-26 21:19:58.057133` as UTC and truncates it to milliseconds. Returns
 * undefined if the cell is not such a text or not a valid date.
 */
export function readInstant(cell: Cell): ParsedInstant | undefined {
  const match = typeof cell === 'string' ? INSTANT_PATTERN.exec(cell.trim()) : null;
  if (!match) return undefined;
  const part = (group: number): number => Number(match[group] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minute, second] = [part(4), part(5), part(6)];
  const fraction = (match[7] ?? '').padEnd(3, '0');
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // Date.UTC maps years below 100 to the 1900s and February 30 to March.
  const valid =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!valid) return undefined;
  const at = date.getTime() + Number(fraction.slice(0, 3));
  return { at, truncated: /[1-9]/.test(fraction.slice(3)) };
}
