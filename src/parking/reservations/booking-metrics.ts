import { Injectable } from '@nestjs/common';
import { Metrics } from '../../platform/observability/metrics.js';

type BookingEvent = 'booked' | 'released';

/** Counts committed bookings and releases. */
@Injectable()
export class BookingMetrics {
  readonly count: (event: BookingEvent) => void;

  constructor(metrics: Metrics) {
    this.count = metrics.addCounter<BookingEvent>({
      name: 'vpms_bookings_total',
      help: 'Committed bookings and releases.',
      events: ['booked', 'released'],
    });
  }
}
