import { Injectable } from '@nestjs/common';
import type { Queryable } from '../../platform/database/queryable.js';
import { BookingNotFound } from './errors.js';
import { AgreedPolicies } from '../policies/agreed-policies.js';
import { PlateRetention } from '../vehicles/plate-retention.js';
import { AgreedTariffs } from '../tariffs/versions/agreed-tariffs.js';
import { type BookingRow, type BookingView, findBooking } from './booking-queries.js';
import { chargeStay, chargedTime } from './pricing/pricing.js';

/** Reads bookings together with what they cost so far. */
@Injectable()
export class BookingViews {
  constructor(
    private readonly tariffs: AgreedTariffs,
    private readonly policies: AgreedPolicies,
    private readonly plates: PlateRetention,
  ) {}

  /** The booking of any driver as of the instant (ms). @throws BookingNotFound */
  async find(source: Queryable, id: number, now: number): Promise<BookingView> {
    const booking = await findBooking(source, id, this.plates.asOf(now));
    if (!booking) throw new BookingNotFound(id);
    return this.withCost(source, booking, now);
  }

  /** Adds what a parked car costs so far; other bookings are returned unchanged. */
  async withCost(source: Queryable, row: BookingRow, now: number): Promise<BookingView> {
    if (row.cost !== null || row.parkedAt === null) return row;
    const tariff = await this.tariffs.ofBooking(source, row);
    const policy = await this.policies.find(source, row.policyId);
    const time = chargedTime({ ...row, parkedAt: row.parkedAt }, policy, now);
    return { ...row, costSoFar: chargeStay(tariff, time).total };
  }
}
