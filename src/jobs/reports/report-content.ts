import type { MonthlyStatistics } from './monthly-statistics.js';

/** Version of the stored shape. Increase it with each change; the decoder must still read older versions. */
const VERSION = 1;

/** The statistics of a report as they are stored. */
export function encodeStatistics(statistics: MonthlyStatistics): string {
  return JSON.stringify({ v: VERSION, ...statistics });
}

/** Undefined for content of a later version. Content without a version is of version 1. */
export function decodeStatistics(content: string): MonthlyStatistics | undefined {
  const { v = VERSION, ...statistics } = JSON.parse(content) as MonthlyStatistics & { v?: number };
  return v > VERSION ? undefined : statistics;
}
