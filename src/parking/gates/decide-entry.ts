import type { EntryFacts, LaterExit, ParkedCar, PlateReservation } from './entry-facts.js';
import { isLater, type Passage, type Refusal } from './passage.js';
import type { PlateHolder } from './plate-holder.js';
import { lastBegunFirst } from './stay-order.js';

/** What has to be done for a car that enters. */
export type EntryVerdict =
  | { readonly kind: 'refuse'; readonly reason: Refusal }
  /** The car is in the lot already, or was there and has left since. */
  | { readonly kind: 'present'; readonly bookingId: number; readonly spotNumber: number }
  | (Admission & { readonly kind: 'check-in' | 'revert'; readonly bookingId: number })
  | (Admission & { readonly kind: 'book'; readonly plate: string });

interface Admission {
  readonly userId: number;
  /** The exit of the car, if it has left since. */
  readonly exit: LaterExit | undefined;
}

/** Decides on an entry, by the rules of docs/gates.md in their order. */
export function decideEntry(facts: EntryFacts, passage: Passage): EntryVerdict {
  const { holder, exit, earlier } = facts;
  // If the exit is not known yet, a later stay shows that the car has left.
  const parked = facts.parked.filter(
    ({ parkedAt, leftAt }) => !exit || (leftAt === null && parkedAt < exit.at),
  );
  const isEnabled = ({ disabledAt }: { readonly disabledAt: number | null }) =>
    disabledAt === null || isLater(disabledAt, passage);
  const { inTime, soon } = upcoming(facts.reservations, passage.at);
  const drivers = [...(holder ? [holder] : []), ...inTime, ...soon].map(({ userId }) => userId);

  const find = (hasLeft: boolean) =>
    findPresent(
      parked.filter(({ leftAt }) => (leftAt !== null) === hasLeft),
      passage,
      { holder, drivers },
    );
  const car = find(false) ?? earlier ?? find(true);
  if (car) return { kind: 'present', bookingId: car.id, spotNumber: car.spotNumber };

  const isParked = (userId: number) => parked.some((each) => each.userId === userId);
  const reservation = inTime.find(isEnabled);
  if (reservation) {
    const { id: bookingId, userId, status } = reservation;
    if (isParked(userId)) return { kind: 'refuse', reason: 'PARKED_ELSEWHERE' };
    return { kind: status === 'no_show' ? 'revert' : 'check-in', bookingId, userId, exit };
  }
  if (soon.some(isEnabled)) return { kind: 'refuse', reason: 'TOO_EARLY' };

  if (!holder) {
    const isReserved = inTime.length + soon.length > 0;
    return { kind: 'refuse', reason: isReserved ? 'DISABLED_ACCOUNT' : 'UNKNOWN_PLATE' };
  }
  const { userId, plate } = holder;
  if (!isEnabled(holder)) return { kind: 'refuse', reason: 'DISABLED_ACCOUNT' };
  if (isParked(userId)) return { kind: 'refuse', reason: 'PARKED_ELSEWHERE' };
  return { kind: 'book', userId, plate, exit };
}

/** The reservations for which the car is in time, and those that start soon; others are ignored. */
function upcoming(reservations: readonly PlateReservation[], at: number) {
  return {
    inTime: reservations.filter(({ earliest }) => earliest <= at),
    soon: reservations.filter(
      ({ status, earliest, claimedFrom }) =>
        status === 'reserved' && claimedFrom < at && at < earliest,
    ),
  };
}

/**
 * A car in this lot with the plate, preferably of the account for which the plate opens gates; otherwise
 * a car of one of the drivers, without a plate. Of several, the one that parked last.
 */
function findPresent(
  parked: readonly ParkedCar[],
  { lotId, plateKey }: Passage,
  { holder, drivers }: { readonly holder?: PlateHolder; readonly drivers: readonly number[] },
): ParkedCar | undefined {
  const here = parked.filter((car) => car.lotId === lotId).toSorted(lastBegunFirst);
  const withPlate = here.filter((car) => car.plateKey === plateKey);
  return (
    withPlate.find(({ userId }) => userId === holder?.userId) ??
    withPlate[0] ??
    here.find((car) => car.plateKey === null && drivers.includes(car.userId))
  );
}
