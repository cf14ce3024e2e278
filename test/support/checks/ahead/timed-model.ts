import { MINUTE } from '../../../../src/platform/time/durations.js';
import type { Policy } from '../../../../src/parking/policies/policy.js';
import {
  claimEnd,
  endBooking,
  feeOf,
  freeUntil,
  isPlanned,
  lapsesAt,
  type ModelDriver,
  type ModelLot,
  plannedIn,
  resizeTo,
  updateAtRisk,
} from './model-lot.js';

/** The lots and drivers of the model, and what time alone changes in them. */
export class TimedModel {
  readonly lots: ModelLot[] = [];
  readonly drivers: ModelDriver[] = [];

  /** @param count is called with the name of each change that time alone causes */
  constructor(
    public now: number,
    private readonly count: (event: string) => void = () => undefined,
  ) {}

  createLot(numberOfSpots: number, price: number, policy: Policy): ModelLot {
    const lot: ModelLot = { spots: [], bookings: [], price, policy, isDeleted: false };
    resizeTo(lot, numberOfSpots);
    this.lots.push(lot);
    return lot;
  }

  createDriver(): ModelDriver {
    const driver: ModelDriver = { bookings: [] };
    this.drivers.push(driver);
    return driver;
  }

  /** The next instants at which time alone changes something or a rule begins to apply. */
  nextMoments(): readonly number[] {
    const planned = this.lots.flatMap(plannedIn);
    const moments = planned.flatMap((booking) => [
      lapsesAt(booking),
      freeUntil(booking) ?? 0,
      booking.window.from - booking.policy.early_arrival_minutes * MINUTE,
      booking.window.from - booking.lot.policy.walk_in_minutes * MINUTE,
    ]);
    return [...moments, ...this.claimEnds()].filter((moment) => moment > this.now).sort(ascending);
  }

  /** Advances the time, and processes each moment on the way. */
  advance(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (;;) {
      const moments = [...this.lots.flatMap(plannedIn).map(lapsesAt), ...this.claimEnds()];
      const next = Math.min(...moments.filter((moment) => moment > this.now));
      if (next > end) break;
      this.now = next;
      for (const lot of this.lots) this.process(lot);
    }
    this.now = end;
  }

  private claimEnds(): readonly number[] {
    const cars = this.lots.flatMap(({ bookings }) =>
      bookings.filter(({ status }) => status === 'active'),
    );
    return cars.map((car) => claimEnd(car, this.now));
  }

  /**
   * Applies what the current moment changes in the lot: first holds expire, then claims of cars that stay
   * are extended, then bookings become no-shows, without a fee if they had no spot before this moment or have
   * none after it.
   */
  process(lot: ModelLot): void {
    const before = plannedIn(lot).filter(({ isAtRisk }) => isAtRisk);
    for (const hold of plannedIn(lot).filter(({ status }) => status === 'held')) {
      if (lapsesAt(hold) > this.now) continue;
      this.count('expired');
      endBooking(hold, { status: 'expired', endedAt: this.now, cost: 0 });
    }
    updateAtRisk(lot, this.now);
    const after = plannedIn(lot).filter(({ isAtRisk }) => isAtRisk);
    if (after.some((booking) => !before.includes(booking))) this.count('put at risk');
    if (before.some((booking) => isPlanned(booking) && !after.includes(booking))) {
      this.count('no longer at risk');
    }
    for (const booking of plannedIn(lot).filter((each) => lapsesAt(each) <= this.now)) {
      const isAtRisk = booking.isAtRisk || before.includes(booking);
      this.count(isAtRisk ? 'no_show at risk' : 'no_show');
      const cost = isAtRisk ? 0 : feeOf(booking, booking.policy.no_show_fee_percent);
      endBooking(booking, { status: 'no_show', endedAt: this.now, cost });
    }
    updateAtRisk(lot, this.now);
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
