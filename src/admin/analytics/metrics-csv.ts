import { stringify } from 'csv-stringify/sync';
import type { LotMetrics } from '../../analytics/metrics.js';
import type { Currency } from '../../platform/money/money.js';
import { mapMetrics } from './lot-metrics.dto.js';

/** The rows as CSV (RFC 4180), with the names of the JSON fields as the first line. */
export function metricsCsv(rows: readonly LotMetrics[], currency: Currency): string {
  const records = rows.map((row) => ({
    ...mapMetrics(row, currency),
    from: new Date(row.from).toISOString(),
    until: new Date(row.until).toISOString(),
    revenue: currency.format(row.revenue),
  }));
  return stringify(records, { header: true, columns: COLUMNS, record_delimiter: '\r\n' });
}

const COLUMNS = [
  'lot_id',
  'from',
  'until',
  'sessions',
  'arrivals',
  'departures',
  'no_shows',
  'average_dwell_minutes',
  'turnover',
  'occupancy_percent',
  'peak_occupied',
  'revenue',
];
