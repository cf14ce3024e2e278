import { expect } from 'vitest';
import { AheadService } from '../../../../src/parking/reservations/ahead/ahead.service.js';
import { ChangesService } from '../../../../src/parking/reservations/ahead/changes.service.js';
import { CheckInService } from '../../../../src/parking/reservations/ahead/check-in.service.js';
import { OperatorBookings } from '../../../../src/parking/reservations/ahead/operator.service.js';
import { ReservationsService } from '../../../../src/parking/reservations/reservations.service.js';
import { MINUTE } from '../../../../src/platform/time/durations.js';
import { ADMIN_PRINCIPAL } from '../../data/factories.js';
import { type AheadStep, SLOT_MINUTES } from './ahead-steps.js';
import type { ModelBooking } from './model-lot.js';
import type { Scene } from './scene.js';

const SLOT = SLOT_MINUTES * MINUTE;
const BY_OPERATOR = { reason: 'A step of the model', principal: ADMIN_PRINCIPAL };

type BookingStep = Extract<AheadStep, { readonly booking: unknown }>;

/** The statuses that an action is meant for. */
const MEANT_FOR: Readonly<Record<string, readonly string[]>> = {
  confirm: ['held', 'expired'],
  change: ['held', 'reserved'],
  extend: ['held', 'reserved', 'active'],
  cancel: ['held', 'reserved'],
  'check-in': ['reserved'],
  release: ['active'],
};

/** Takes a step that changes or ends a booking, if there is one. */
export async function changeBooking(scene: Scene, step: BookingStep): Promise<void> {
  const booking = choose(scene, step);
  if (!booking) return;
  const { model, transactions } = scene;
  const { id } = booking;
  const reference = { userId: scene.driverIds.get(booking.driver) ?? 0, id };
  const operator = scene.service(OperatorBookings);
  const act = { ...BY_OPERATOR, bookingId: id };
  switch (step.action) {
    case 'confirm': {
      const refusals = model.confirm(booking);
      await scene.agree(
        step.action,
        refusals,
        scene.service(AheadService).confirm(transactions, reference),
        booking,
      );
      return;
    }
    case 'change': {
      const changes = changesOf(scene, booking, step);
      const refusals = model.change(booking, changes);
      const made = scene.service(ChangesService).change(transactions, reference, changes);
      await scene.agree(step.action, refusals, made, booking);
      return;
    }
    case 'extend': {
      const until = (booking.window?.until ?? model.now) + step.slots * SLOT;
      const changes = scene.service(ChangesService);
      const { refusals: none, ...preview } = model.previewExtension(booking, until);
      const previewed = changes.previewExtension(transactions, reference, until);
      const shown = await scene.agree('preview-extension', none, previewed);
      if (shown)
        expect(shown).toEqual({
          ...preview,
          available: preview.isAvailable,
          isAvailable: undefined,
        });
      const refusals = model.extend(booking, until);
      await scene.agree(
        step.action,
        refusals,
        changes.extend(transactions, reference, until),
        booking,
      );
      return;
    }
    case 'cancel': {
      const ahead = scene.service(AheadService);
      const { refusals: none, ...preview } = model.previewCancellation(booking);
      const shown = await scene.agree(
        'preview-cancellation',
        none,
        ahead.previewCancellation(transactions, reference),
      );
      if (shown) expect(shown).toEqual(preview);
      const waivesFee = step.isByOperator && step.waivesFee;
      const refusals = model.cancel(booking, waivesFee);
      const made = step.isByOperator
        ? operator.cancel(transactions, { ...act, waivesFee })
        : ahead.cancel(transactions, reference);
      await scene.agree(step.action, refusals, made, booking);
      return;
    }
    case 'check-in': {
      const refusals = model.checkIn(booking);
      const made = step.isByOperator
        ? operator.checkIn(transactions, act)
        : scene.service(CheckInService).checkIn(transactions, reference);
      const view = await scene.agree(step.action, refusals, made);
      if (view) scene.park(booking, view);
      return;
    }
    case 'release': {
      const refusals = model.release(booking);
      const made = step.isByOperator
        ? operator.release(transactions, act)
        : scene.service(ReservationsService).release(transactions, {
            userId: reference.userId,
            reservationId: id,
          });
      await scene.agree(step.action, refusals, made, booking);
    }
  }
}

function choose({ model }: Scene, step: BookingStep): ModelBooking | undefined {
  const all = model.drivers.flatMap(({ bookings }) => bookings);
  const meant = all
    .filter(({ status }) => MEANT_FOR[step.action]?.includes(status))
    .filter(({ window }) => step.action !== 'extend' || window !== null)
    .toSorted((a, b) => (a.window?.from ?? 0) - (b.window?.from ?? 0));
  const choices = step.booking.isAny || meant.length === 0 ? all : meant;
  return choices[step.booking.index % choices.length];
}

function changesOf(
  scene: Scene,
  { window }: ModelBooking,
  step: Extract<AheadStep, { readonly action: 'change' }>,
) {
  const moved = scene.window(step.from ?? 0, step.length ?? 1);
  const start = step.from === null ? window?.from : moved.from;
  return {
    ...(step.from === null ? {} : { from: moved.from }),
    ...(step.length === null || start === undefined ? {} : { until: start + step.length * SLOT }),
  };
}
