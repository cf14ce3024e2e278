import type { Queryable } from '../../../platform/database/queryable.js';
import { LotNotFound } from '../../errors.js';
import { parkedUntil } from '../../claims/claim-queries.js';
import type { Window } from '../../claims/lot-claims.js';
import { isFull } from '../../claims/plan.js';
import { joinCurrentTariff } from '../../lots/lot-queries.js';
import type { Agreement } from '../../tariffs/versions/agreed-tariffs.js';

/** What a lot offers for a window. */
export interface Offer {
  /** What determines the tariff that applies now. */
  readonly agreement: Agreement;
  /** Whether the lot has room for the whole window, by the current bookings. */
  readonly available: boolean;
}

/** The lot, with a car or booking that claims a spot; the fields of the claim are null if there is none. */
interface OfferRow extends Agreement {
  readonly numberOfSpots: number;
  /** Null for a parked car, which claims its spot from now on. */
  readonly from: number | null;
  readonly until: number | null;
}

/**
 * What the lot offers for the window, both in ms. Uses one statement, so that on PostgreSQL the
 * tariff and the bookings are from the same moment.
 * @throws LotNotFound
 */
export async function readOffer(
  source: Queryable,
  lotId: number,
  { from, until, now }: Window & { readonly now: number },
): Promise<Offer> {
  const rows = await source.sql<OfferRow[]>`
    SELECT tariff.id AS "tariffId", lots.price_per_hour AS "pricePerHour",
      lots.time_zone AS "lotTimeZone", lots.number_of_spots AS "numberOfSpots",
      claim.claimed_from AS "from", claim.claimed_until AS "until"
    FROM lots ${joinCurrentTariff(now)}
    LEFT JOIN (
      SELECT r.lot_id, CAST(NULL AS bigint) AS claimed_from, ${parkedUntil(now)} AS claimed_until
      FROM reservations r LEFT JOIN policies ON policies.id = r.policy_id
      WHERE r.lot_id = ${lotId} AND r.left_at IS NULL
      UNION ALL
      SELECT lot_id, reserved_from, reserved_until FROM reservations
      WHERE lot_id = ${lotId} AND status IN ('held', 'reserved')
        AND reserved_from < ${until} AND reserved_until > ${from}
    ) AS claim ON claim.lot_id = lots.id
    WHERE lots.id = ${lotId} AND lots.retired_at IS NULL`;
  const [lot] = rows;
  if (!lot) throw new LotNotFound(lotId);
  const { tariffId, pricePerHour, lotTimeZone, numberOfSpots } = lot;
  const claims = {
    // Whether the lot is full depends on the number of spots only, so indexes replace their ids.
    spots: Array.from({ length: numberOfSpots }, (_, index) => index),
    parked: rows.flatMap((row) =>
      row.from === null && row.until !== null ? [{ spotId: 0, until: row.until }] : [],
    ),
    bookings: rows.flatMap((row) =>
      row.from !== null && row.until !== null
        ? [{ id: 0, spotId: null, from: row.from, until: row.until }]
        : [],
    ),
  };
  return {
    agreement: { tariffId, pricePerHour, lotTimeZone },
    available: !isFull(claims, { from, until }),
  };
}
