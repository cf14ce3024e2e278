import { expect } from 'vitest';
import { DueBookings } from '../../../../src/jobs/due-bookings.js';
import { LotsService } from '../../../../src/parking/lots/lots.service.js';
import { PoliciesService } from '../../../../src/parking/policies/policies.service.js';
import { AheadService } from '../../../../src/parking/reservations/ahead/ahead.service.js';
import type { BookingView } from '../../../../src/parking/reservations/booking-queries.js';
import { ReservationsService } from '../../../../src/parking/reservations/reservations.service.js';
import { TransactionRunner } from '../../../../src/platform/database/transaction-runner.js';
import { CodedError } from '../../../../src/platform/errors/coded-error.js';
import { MINUTE } from '../../../../src/platform/time/durations.js';
import type { FixedClock } from '../../app/fixed-clock.js';
import type { TestApp } from '../../app/test-app.js';
import { ADMIN_PRINCIPAL } from '../../data/factories.js';
import type { AheadModel } from './ahead-model.js';
import { type AheadStep, SLOT_MINUTES } from './ahead-steps.js';
import { changeBooking } from './booking-steps.js';
import { compareScene, currentPlan } from './compare-scene.js';
import {
  carOn,
  currentSpots,
  type ModelBooking,
  type ModelDriver,
  type ModelLot,
} from './model-lot.js';
import type { Refusals } from './refusals.js';

const SLOT = SLOT_MINUTES * MINUTE;

/** Counts of accepted actions, of refused actions by error code, and of changes that time alone caused. */
export type Tally = Map<string, number>;

interface Surroundings {
  readonly clock: FixedClock;
  readonly count: (result: string) => void;
}

/** The model and the program side by side; each step is taken in both. */
export class Scene {
  readonly lotIds = new Map<ModelLot, number>();
  readonly driverIds = new Map<ModelDriver, number>();

  constructor(
    readonly model: AheadModel,
    private readonly vpms: TestApp,
    private readonly surroundings: Surroundings,
  ) {}

  /** Compares everything that the program shows with the model. */
  compare(): Promise<void> {
    return compareScene(this, this.vpms);
  }

  async take(step: AheadStep): Promise<void> {
    const { model } = this;
    switch (step.action) {
      case 'wait':
        return this.wait(step);
      case 'sweep':
        return this.vpms.app.get(DueBookings).sweep();
      case 'book': {
        const [driver, lot] = [this.driver(step.driver), this.lot(step.lot)];
        const window = this.window(step.from, step.length);
        const request = {
          userId: this.driverIds.get(driver) ?? 0,
          lotId: this.lotIds.get(lot) ?? 0,
          window,
          isHold: step.isHold,
        };
        const refusals = model.book(driver, lot, window, step.isHold ? 'held' : 'reserved');
        const made = this.service(AheadService).book(this.transactions, request);
        await this.agreeOnNew(step.action, refusals, { driver, made });
        return;
      }
      case 'walk-in':
        return this.walkIn(this.driver(step.driver), this.lot(step.lot), step.isWatched);
      case 'resize':
        return this.changeLot(step.action, this.lot(step.lot), {
          refusals: model.resize(this.lot(step.lot), step.numberOfSpots),
          numberOfSpots: step.numberOfSpots,
        });
      case 'price': {
        const lot = this.lot(step.lot);
        if (!lot.isDeleted) lot.price = step.price;
        const refusals: Refusals = new Set(lot.isDeleted ? ['LOT_NOT_FOUND'] : []);
        return this.changeLot(step.action, lot, { refusals, pricePerHour: step.price });
      }
      case 'policy': {
        const lot = this.lot(step.lot);
        if (!lot.isDeleted) lot.policy = step.policy;
        const refusals: Refusals = new Set(lot.isDeleted ? ['LOT_NOT_FOUND'] : []);
        const id = this.lotIds.get(lot) ?? 0;
        const set = this.service(PoliciesService).set(id, step.policy, ADMIN_PRINCIPAL);
        await this.agree(step.action, refusals, set);
        return;
      }
      case 'delete': {
        const lot = this.lot(step.lot);
        const id = this.lotIds.get(lot) ?? 0;
        const refusals = model.delete(lot);
        await this.agree(
          step.action,
          refusals,
          this.service(LotsService).delete(id, ADMIN_PRINCIPAL),
        );
        return;
      }
      default:
        return changeBooking(this, step);
    }
  }

  private async walkIn(driver: ModelDriver, lot: ModelLot, isWatched: boolean): Promise<void> {
    const plan = isWatched && !lot.isDeleted ? await currentPlan(this, this.vpms, lot) : undefined;
    const claimEnd = this.model.now + lot.policy.walk_in_minutes * MINUTE;
    const unclaimed = currentSpots(lot).find(
      (spot) =>
        !carOn(lot, spot) &&
        !plan?.some((planned) => planned.spot === spot && planned.from < claimEnd),
    );
    const request = {
      userId: this.driverIds.get(driver) ?? 0,
      lotId: this.lotIds.get(lot) ?? 0,
    };
    const refusals = this.model.walkIn(driver, lot);
    const made = this.service(ReservationsService).book(this.transactions, request);
    const view = await this.agreeOnNew('walk-in', refusals, { driver, made });
    if (!view) return;
    if (plan && unclaimed !== undefined) expect(view.spotNumber).toBe(unclaimed);
    const booking = driver.bookings.at(-1);
    if (booking) this.park(booking, view);
  }

  /** The program chooses the spot; the model checks that it can be used. */
  park(booking: ModelBooking, view: BookingView): void {
    const { lot } = booking;
    const spot = view.spotNumber ?? 0;
    expect(currentSpots(lot)).toContain(spot);
    expect(carOn(lot, spot)).toBeUndefined();
    booking.spot = spot;
    this.model.process(lot);
    expect(view).toMatchObject({ status: 'active', parkedAt: this.model.now });
  }

  private async changeLot(
    action: string,
    lot: ModelLot,
    {
      refusals,
      ...changes
    }: {
      readonly refusals: Refusals;
      readonly numberOfSpots?: number;
      readonly pricePerHour?: number;
    },
  ): Promise<void> {
    const id = this.lotIds.get(lot) ?? 0;
    await this.agree(
      action,
      refusals,
      this.service(LotsService).update(id, changes, ADMIN_PRINCIPAL),
    );
  }

  private async agreeOnNew(
    action: string,
    refusals: Refusals,
    { driver, made }: { readonly driver: ModelDriver; readonly made: Promise<BookingView> },
  ): Promise<BookingView | undefined> {
    const view = await this.agree(action, refusals, made);
    const booking = driver.bookings.at(-1);
    if (view && booking) booking.id = view.id;
    return view;
  }

  /** Expects that the program accepts, or refuses for one of the causes. @returns the program's result */
  async agree<T>(
    action: string,
    refusals: Refusals,
    actual: Promise<T>,
    booking?: ModelBooking,
  ): Promise<T | undefined> {
    let code: string | undefined;
    let result: T | undefined;
    try {
      result = await actual;
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      code = error.code;
    }
    this.surroundings.count(`${action} ${code ?? 'accepted'}`);
    expect([code ?? 'accepted'], action).toEqual(
      refusals.size === 0 ? ['accepted'] : [expect.toBeOneOf([...refusals])],
    );
    if (booking && !code)
      expect(result, action).toMatchObject({ status: booking.status, cost: booking.cost });
    return result;
  }

  private async wait(step: Extract<AheadStep, { readonly action: 'wait' }>): Promise<void> {
    const { model } = this;
    const moments = model.nextMoments();
    const moment = step.moment === null ? undefined : moments[step.moment];
    const until = (moment ?? model.now + step.slots * SLOT) + step.offset;
    const milliseconds = Math.max(0, until - model.now);
    model.advance(milliseconds);
    this.surroundings.clock.advance(milliseconds);
  }

  /** The window that begins `from` slots after the next slot boundary and lasts `length` slots. */
  window(from: number, length: number) {
    const start = (Math.ceil(this.model.now / SLOT) + from) * SLOT;
    return { from: start, until: start + length * SLOT };
  }

  private lot(index: number): ModelLot {
    const lot = this.model.lots[index];
    if (!lot) throw new Error('The scene has no such lot');
    return lot;
  }

  private driver(index: number): ModelDriver {
    const driver = this.model.drivers[index];
    if (!driver) throw new Error('The scene has no such driver');
    return driver;
  }

  get transactions(): TransactionRunner {
    return this.service(TransactionRunner);
  }

  service<T>(type: abstract new (...parameters: never[]) => T): T {
    return this.vpms.app.get<T>(type);
  }
}
