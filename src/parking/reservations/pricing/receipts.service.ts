import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../../../platform/database/read-database.js';
import { raw } from '../../../platform/database/sql/sql.js';
import { Clock } from '../../../platform/time/clock.js';
import { BookingNotFound, BookingNotOver } from '../errors.js';
import { AgreedPolicies } from '../../policies/agreed-policies.js';
import { AgreedTariffs, type Agreement } from '../../tariffs/versions/agreed-tariffs.js';
import { type Stay, taxIn } from '../../tariffs/evaluation/charge.js';
import { chargeInTurns } from '../../tariffs/evaluation/charge-within.js';
import { type Charge, lineWithoutUnits } from '../../tariffs/evaluation/line.js';
import type { AppliedTariff } from '../../tariffs/tariff.js';
import { PlateRetention, shownPlate } from '../../vehicles/plate-retention.js';
import { AheadUnits } from '../ahead/ahead-units.js';
import { chargedTime } from './pricing.js';
import type { BookingStatus } from '../states.js';

/**
 * The time zone that the lot had when the booking was made, so that a receipt by the hourly price stays
 * the same; a version of a tariff has its own zone. A lot that never changed has no history.
 */
const ZONE_AT_BOOKING =
  'CASE WHEN history.lot_id IS NULL THEN lots.time_zone ELSE history.time_zone END';

/** A reservation that is over, with the names that a receipt shows. */
interface ReceiptRow extends Agreement {
  readonly id: number;
  readonly status: BookingStatus;
  readonly parkedAt: number;
  readonly leftAt: number | null;
  readonly reservedFrom: number | null;
  readonly reservedUntil: number | null;
  readonly endedAt: number | null;
  readonly policyId: number | null;
  readonly cost: number | null;
  readonly driver: string;
  readonly lotName: string;
  readonly address: string;
  readonly spotNumber: number;
  readonly vehicleNumber: string | null;
}

/** Instants in milliseconds, amounts in minor units. */
export interface Receipt {
  /** Unique, and the same at every call: the year (UTC) in which the booking ended, and its id. */
  readonly number: string;
  readonly bookingId: number;
  readonly driver: string;
  readonly lotName: string;
  readonly address: string;
  readonly spotNumber: number;
  readonly vehicleNumber: string | null;
  readonly issuedAt: number;
  readonly stay: Stay;
  readonly charge: Charge;
  readonly applied: AppliedTariff;
}

/** Computes the receipts of bookings from the tariffs that were agreed. */
@Injectable()
export class ReceiptsService {
  constructor(
    private readonly database: ReadDatabase,
    private readonly tariffs: AgreedTariffs,
    private readonly policies: AgreedPolicies,
    private readonly units: AheadUnits,
    private readonly plates: PlateRetention,
    private readonly clock: Clock,
  ) {}

  /** The receipt of the driver's booking. @throws BookingNotFound | BookingNotOver */
  async find(userId: number, reservationId: number): Promise<Receipt> {
    await this.units.settleDue();
    const [row] = await this.database.sql<ReceiptRow[]>`
      SELECT r.id, r.status, r.parked_at AS "parkedAt", r.left_at AS "leftAt",
        r.reserved_from AS "reservedFrom", r.reserved_until AS "reservedUntil",
        r.ended_at AS "endedAt", r.policy_id AS "policyId", r.cost,
        r.price_per_hour AS "pricePerHour", r.tariff_id AS "tariffId",
        ${raw(ZONE_AT_BOOKING)} AS "lotTimeZone", accounts.username AS driver, lots.name AS "lotName",
        lots.address, spots.number AS "spotNumber",
        ${shownPlate(this.plates.cutoff(this.clock.now().getTime()))} AS "vehicleNumber"
      FROM reservations r
      JOIN lots ON lots.id = r.lot_id
      JOIN spots ON spots.id = r.spot_id
      JOIN accounts ON accounts.id = r.user_id
      LEFT JOIN lot_history history ON history.lot_id = r.lot_id AND history.since = COALESCE(
        (SELECT MAX(since) FROM lot_history WHERE lot_id = r.lot_id AND since <= r.created_at),
        (SELECT MIN(since) FROM lot_history WHERE lot_id = r.lot_id))
      WHERE r.id = ${reservationId} AND r.user_id = ${userId}`;
    if (!row) throw new BookingNotFound(reservationId);
    const { id, leftAt, cost, endedAt } = row;
    const isCompleted = row.status === 'completed';
    const issuedAt = isCompleted ? leftAt : endedAt;
    if (issuedAt === null || cost === null) throw new BookingNotOver(reservationId);
    const applied = await this.tariffs.ofBooking(this.database, row);
    const policy = await this.policies.find(this.database, row.policyId);
    const time = chargedTime(row, policy, leftAt ?? issuedAt);
    const stay = { from: time.parkedAt, until: time.leftAt, timeZone: applied.timeZone };
    return {
      number: `${new Date(issuedAt).getUTCFullYear()}-${id}`,
      bookingId: id,
      driver: row.driver,
      lotName: row.lotName,
      address: row.address,
      spotNumber: row.spotNumber,
      vehicleNumber: row.vehicleNumber,
      issuedAt,
      stay,
      charge: isCompleted ? await chargeOf(cost, stay, applied) : fee(cost, stay, applied),
      applied,
    };
  }
}

/** The charge by the tariff, or one line if an imported booking cost another amount. */
async function chargeOf(cost: number, stay: Stay, { tariff }: AppliedTariff): Promise<Charge> {
  const charged = await chargeInTurns(tariff, stay);
  if (charged.total === cost) return charged;
  return {
    lines: [lineWithoutUnits('carried_over', { ...stay, amount: cost })],
    total: cost,
    tax: 0,
  };
}

/** The fee of a booking that was cancelled or became a no-show; no line if there was no fee. */
function fee(cost: number, stay: Stay, { tariff }: AppliedTariff): Charge {
  const lines = cost > 0 ? [lineWithoutUnits('fee', { ...stay, amount: cost })] : [];
  return { lines, total: cost, tax: taxIn(cost, tariff.tax_basis_points) };
}
