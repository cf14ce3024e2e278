import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { Metrics } from '../../platform/observability/metrics.js';

const EVENTS = [
  'booked',
  'released',
  'held',
  'reserved',
  'cancelled',
  'expired',
  'no_show',
] as const;
type BookingEvent = (typeof EVENTS)[number];

/** Counts committed bookings, and committed changes of bookings. */
@Injectable()
export class BookingMetrics {
  readonly count: (event: BookingEvent) => void;

  constructor(metrics: Metrics, database: ReadDatabase) {
    metrics.add({
      kind: 'gauge',
      name: 'vpms_bookings_at_risk',
      help: 'Bookings ahead without a spot, because a car has stayed longer. Every process reports the same number.',
      labels: [],
      query: async () => {
        const [row] = await database.sql<{ number: number }[]>`
          SELECT COUNT(*) AS number FROM reservations
          WHERE status IN ('held', 'reserved') AND claim_from IS NULL`;
        return [{ labels: {}, value: row?.number ?? 0 }];
      },
    });
    this.count = metrics.addCounter<BookingEvent>({
      name: 'vpms_bookings_total',
      help: 'Committed bookings and changes of bookings, by event.',
      events: EVENTS,
    });
  }
}
