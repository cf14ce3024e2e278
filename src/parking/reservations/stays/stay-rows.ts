import { rowLock } from '../../../platform/database/locks/row-lock.js';
import { part, type SqlValue } from '../../../platform/database/sql/sql.js';
import type { Tx } from '../../../platform/database/tx.js';
import { AlreadyParked } from '../errors.js';
import { LotNotFound } from '../../errors.js';
import { lockDriver } from '../../locked-driver.js';
import { plateKeyOf } from '../../vehicles/plate.js';

/** The lot and the driver of a stay. */
interface StayPlace {
  readonly lotId: number;
  readonly userId: number;
}

/** The terms of the lot that a stay keeps. */
interface StayTerms {
  /** The lot's current price per started hour, in minor units; it applies if the lot has no tariff. */
  readonly price: number;
  /** Null for the default policy. */
  readonly policyId: number | null;
}

/** A walk-in. Instants in ms. */
interface NewStay extends StayPlace {
  readonly spotId: number;
  readonly parkedAt: number;
  /** Null while the car is parked. */
  readonly leftAt: number | null;
  readonly now: number;
  readonly terms: StayTerms;
  readonly vehicleNumber: string | null;
  readonly remarks: string | null;
}

/**
 * Locks the lot and the driver until the unit ends, in one statement, so that neither is retired or
 * erased meanwhile.
 * @throws LotNotFound | DriverErased
 */
export async function lockForStay(tx: Tx, { lotId, userId }: StayPlace): Promise<StayTerms> {
  const [terms] = await tx.sql<StayTerms[]>`
    SELECT price_per_hour AS price, policy_id AS "policyId" FROM lots, accounts
    WHERE lots.id = ${lotId} AND retired_at IS NULL
      AND accounts.id = ${userId} AND erased_at IS NULL ${rowLock(tx, 'FOR KEY SHARE')}`;
  if (terms) return terms;
  await lockDriver(tx, userId);
  throw new LotNotFound(lotId);
}

/**
 * Stores the stay, by the tariff that applies at its start, and returns its id. The cost of a stay
 * that is over is 0 until the caller sets it.
 * @throws AlreadyParked if the driver is parked and the stay is not over
 */
export async function insertStay(tx: Tx, stay: NewStay): Promise<number> {
  const { lotId, userId, spotId, parkedAt, leftAt, now, terms, vehicleNumber, remarks } = stay;
  const [status, cost] = leftAt === null ? ['active', null] : ['completed', 0];
  const tariff = part`FROM tariffs
    WHERE lot_id = ${lotId} AND ends_at > ${parkedAt} AND valid_from <= ${parkedAt}`;
  const [row] = await tx.sql<{ id: number }[]>`
    INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, left_at, cost,
      price_per_hour, tariff_id, policy_id, vehicle_number, plate_key, remarks, created_at, updated_at)
    VALUES (${spotId}, ${lotId}, ${userId}, ${status}, ${parkedAt}, ${leftAt}, ${cost},
      COALESCE((SELECT price_per_hour ${tariff}), ${hourlyPrice(stay)}), (SELECT id ${tariff}),
      ${terms.policyId}, ${vehicleNumber}, ${plateKeyOf(vehicleNumber)}, ${remarks}, ${now}, ${now})
    ON CONFLICT (user_id) WHERE left_at IS NULL DO NOTHING
    RETURNING id`;
  if (!row) throw new AlreadyParked();
  return row.id;
}

/** The hourly price of the lot when the stay began; a lot whose price never changed has no row. */
function hourlyPrice({ lotId, parkedAt, now, terms }: NewStay): SqlValue {
  if (parkedAt >= now) return terms.price;
  return part`COALESCE((SELECT price_per_hour FROM lot_prices
    WHERE lot_id = ${lotId} AND since <= ${parkedAt} ORDER BY since DESC LIMIT 1), ${terms.price})`;
}
