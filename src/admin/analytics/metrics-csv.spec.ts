import { describe, expect, it } from 'vitest';
import type { LotMetrics } from '../../analytics/metrics.js';
import { currencyDecimals } from '../../platform/money/currencies.js';
import { Currency } from '../../platform/money/money.js';
import { metricsCsv } from './metrics-csv.js';

const ROW: LotMetrics = {
  lotId: 7,
  lotName: 'Central',
  from: Date.parse('2026-03-01T00:00:00Z'),
  until: Date.parse('2026-03-02T00:00:00Z'),
  sessions: 3,
  arrivals: 2,
  departures: 1,
  noShows: 0,
  averageDwell: 90.25,
  turnover: 1.5,
  occupancy: 12.34,
  peak: 2,
  revenue: 5_000,
};

/** The CSV record of a row with these fields. */
function recordOf(fields: Partial<LotMetrics>, currency = 'INR'): string | undefined {
  const csv = metricsCsv(
    [{ ...ROW, ...fields }],
    new Currency(currency, currencyDecimals(currency)),
  );
  return csv.split('\r\n')[1];
}

describe('metricsCsv', () => {
  it('leaves the dwell time empty if no stay ended', () => {
    const period = '7,2026-03-01T00:00:00.000Z,2026-03-02T00:00:00.000Z';
    expect(recordOf({})).toBe(`${period},3,2,1,0,90.25,1.5,12.34,2,50.00`);
    expect(recordOf({ departures: 0, averageDwell: null })).toBe(
      `${period},3,2,0,0,,1.5,12.34,2,50.00`,
    );
  });

  it.each([
    ['JPY', 5_000, '5000'],
    ['JPY', 0, '0'],
    ['KWD', 5_000, '5.000'],
    ['KWD', 5, '0.005'],
    ['INR', 0, '0.00'],
  ])('writes a revenue in %s of %i minor units as %s', (currency, revenue, cell) => {
    expect(recordOf({ revenue }, currency)?.split(',').at(-1)).toBe(cell);
  });
});
