import type { Cell } from '../source/rows.js';

/** An instant of the file. */
export interface Instant {
  /** In ms since 1970 UTC. */
  readonly at: number;
  /** Whether the file had it more exact than to the millisecond. */
  readonly cut: boolean;
}

const FORM =
  /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|\+00:?00)?)?$/;

/**
 * Reads text such as `2025-11-26 21:19:58.057133`, which is UTC whatever the machine's time zone,
 * and cuts it to milliseconds. Undefined where it is no such text or no date of the calendar.
 */
export function readInstant(cell: Cell): Instant | undefined {
  const match = typeof cell === 'string' ? FORM.exec(cell.trim()) : null;
  if (!match) return undefined;
  const part = (group: number): number => Number(match[group] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minute, second] = [part(4), part(5), part(6)];
  const fraction = (match[7] ?? '').padEnd(3, '0');
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // Date.UTC takes a year below 100 for one of the 1900s, and the 30th of February for March.
  const real =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!real) return undefined;
  const at = date.getTime() + Number(fraction.slice(0, 3));
  return { at, cut: /[1-9]/.test(fraction.slice(3)) };
}
