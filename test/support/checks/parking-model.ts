// Checks that the program assigns spots and costs correctly: a model without a database predicts each
// result.

import type { ProblemCode } from '../../../src/platform/errors/problem-codes.js';
import { HOUR } from '../../../src/platform/time/durations.js';

interface ModelSpot {
  readonly number: number;
  isRetired: boolean;
  isTaken: boolean;
}

export interface ModelLot {
  readonly spots: ModelSpot[];
  price: number;
  isDeleted: boolean;
}

export interface ModelStay {
  readonly lot: ModelLot;
  readonly spot: ModelSpot;
  readonly parkedAt: number;
  readonly price: number;
  leftAt?: number;
  cost?: number;
}

export interface ModelDriver {
  /** In the order in which they were booked. */
  readonly stays: ModelStay[];
}

/**
 * A simple model of the parking rules, without a database, that the program must agree with after
 * each step. Each step returns the error code with which the program must refuse it; undefined if it must
 * succeed.
 */
export class ParkingModel {
  readonly lots: ModelLot[] = [];
  readonly drivers: ModelDriver[] = [];

  createLot(numberOfSpots: number, price: number): ModelLot {
    const lot: ModelLot = { spots: [], price, isDeleted: false };
    this.lots.push(lot);
    grow(lot, numberOfSpots);
    return lot;
  }

  createDriver(): ModelDriver {
    const driver: ModelDriver = { stays: [] };
    this.drivers.push(driver);
    return driver;
  }

  book(driver: ModelDriver, lot: ModelLot, now: number): ProblemCode | undefined {
    if (lot.isDeleted) return 'LOT_NOT_FOUND';
    if (activeStay(driver)) return 'ALREADY_PARKED';
    for (const spot of lot.spots) {
      if (spot.isRetired || spot.isTaken) continue;
      spot.isTaken = true;
      driver.stays.push({ lot, spot, parkedAt: now, price: lot.price });
      return undefined;
    }
    return 'LOT_FULL';
  }

  release(driver: ModelDriver, now: number): ProblemCode | undefined {
    const stay = driver.stays.at(-1);
    if (!stay) return 'BOOKING_NOT_FOUND';
    if (stay.leftAt !== undefined) return 'ALREADY_RELEASED';
    stay.leftAt = now > stay.parkedAt ? now : stay.parkedAt;
    stay.cost = stay.price;
    for (let end = stay.parkedAt + HOUR; end < stay.leftAt; end += HOUR) stay.cost += stay.price;
    stay.spot.isTaken = false;
    return undefined;
  }

  resize(lot: ModelLot, numberOfSpots: number): ProblemCode | undefined {
    if (lot.isDeleted) return 'LOT_NOT_FOUND';
    if (numberOfSpots < takenSpots(lot)) return 'TOO_FEW_SPOTS';
    for (const spot of lot.spots.toReversed()) {
      if (currentSpots(lot) > numberOfSpots && !spot.isTaken) spot.isRetired = true;
    }
    grow(lot, numberOfSpots);
    return undefined;
  }

  setPrice(lot: ModelLot, price: number): ProblemCode | undefined {
    if (lot.isDeleted) return 'LOT_NOT_FOUND';
    lot.price = price;
    return undefined;
  }

  delete(lot: ModelLot): ProblemCode | undefined {
    if (lot.isDeleted) return 'LOT_NOT_FOUND';
    if (takenSpots(lot) > 0) return 'LOT_OCCUPIED';
    lot.isDeleted = true;
    for (const spot of lot.spots) spot.isRetired = true;
    return undefined;
  }
}

function grow(lot: ModelLot, numberOfSpots: number): void {
  for (const spot of lot.spots) {
    if (currentSpots(lot) < numberOfSpots) spot.isRetired = false;
  }
  while (currentSpots(lot) < numberOfSpots) {
    lot.spots.push({ number: lot.spots.length + 1, isRetired: false, isTaken: false });
  }
}

export function activeStay({ stays }: ModelDriver): ModelStay | undefined {
  return stays.find(({ leftAt }) => leftAt === undefined);
}

export function currentSpots({ spots }: ModelLot): number {
  return spots.filter(({ isRetired }) => !isRetired).length;
}

export function takenSpots({ spots }: ModelLot): number {
  return spots.filter(({ isTaken }) => isTaken).length;
}
