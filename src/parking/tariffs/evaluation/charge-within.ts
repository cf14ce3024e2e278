import { setImmediate } from 'node:timers/promises';
import { chargeInSteps, type Stay } from './charge.js';
import type { Charge } from './line.js';
import type { Tariff } from '../tariff.js';

/**
 * Charges a stay that a client chooses, and yields to other work every few milliseconds. Undefined if
 * the charge has more than `max` lines or changes of rate.
 */
export async function chargeWithin(
  max: number,
  tariff: Tariff,
  stay: Stay,
): Promise<Charge | undefined> {
  const steps = chargeInSteps(tariff, stay);
  for (;;) {
    await setImmediate();
    const { done, value } = steps.next();
    if ((done ? value.lines.length : value) > max) return undefined;
    if (done) return value;
  }
}

/** Charges a stay, and yields to other work every few milliseconds. */
export async function chargeInTurns(tariff: Tariff, stay: Stay): Promise<Charge> {
  const steps = chargeInSteps(tariff, stay);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await setImmediate();
  }
}
