import { Injectable } from '@nestjs/common';
import { Configuration } from '../../platform/config/configuration.js';
import { part, raw, type SqlFragment } from '../../platform/database/sql/sql.js';
import { DAY } from '../../platform/time/durations.js';

/**
 * No response shows the plate of a booking that ended at or before this instant (ms), or of an event without
 * a booking that occurred at or before it. Undefined if plates are shown without limit.
 */
export type PlateCutoff = number | undefined;

/** The instants on which the content of a read depends, in ms. */
export interface AsOf {
  readonly now: number;
  readonly plateCutoff: PlateCutoff;
}

/** How long plates are stored and shown: `PLATE_RETENTION_DAYS`. */
@Injectable()
export class PlateRetention {
  private readonly days: number | undefined;

  constructor({ retentionDays }: Configuration) {
    this.days = retentionDays.plates;
  }

  cutoff(now: number): PlateCutoff {
    return this.days === undefined ? undefined : now - this.days * DAY;
  }

  asOf(now: number): AsOf {
    return { now, plateCutoff: this.cutoff(now) };
  }
}

/** SQL for the instant at which a reservation ended, if it is over; the same expression as in the index. */
const END = (reservation: string) => `COALESCE(${reservation}.ended_at, ${reservation}.left_at)`;

/** The plate of the reservation `r`, or null if the plate may no longer be shown. */
export function shownPlate(cutoff: PlateCutoff): SqlFragment {
  if (cutoff === undefined) return raw('r.vehicle_number');
  return part`CASE WHEN ${raw(END('r'))} <= ${cutoff} THEN NULL ELSE r.vehicle_number END`;
}

/** A condition on the reservation `r`: its plate may be shown, and so searches may find it. */
export function hasShownPlate(cutoff: PlateCutoff): SqlFragment {
  if (cutoff === undefined) return raw('TRUE');
  return part`(r.left_at IS NULL OR ${raw(END('r'))} > ${cutoff})`;
}

/** The instant from which the plate of the event `e` is retained: the end of its booking, if it has one. */
const EVENT_END = `CASE WHEN e.booking_id IS NULL THEN e.at ELSE
  (SELECT ${END('booking')} FROM reservations booking WHERE booking.id = e.booking_id) END`;

/** The plate of the event `e` at a gate, or null if the plate may no longer be shown. */
export function shownEventPlate(cutoff: PlateCutoff): SqlFragment {
  if (cutoff === undefined) return raw('e.plate');
  return part`CASE WHEN ${raw(EVENT_END)} <= ${cutoff} THEN NULL ELSE e.plate END`;
}

/** A condition on the event `e` at a gate: its plate may no longer be shown. */
export function hasOldEventPlate(cutoff: number): SqlFragment {
  return part`${raw(EVENT_END)} <= ${cutoff}`;
}

/** A condition on the event `e` at a gate: its plate may be shown, and so searches may find it. */
export function hasShownEventPlate(cutoff: PlateCutoff): SqlFragment {
  if (cutoff === undefined) return raw('TRUE');
  return part`(${hasOldEventPlate(cutoff)}) IS NOT TRUE`;
}
