import type { ApiClient } from '../http/clients/api-client.js';
import type { AheadStorm } from './ahead-driver.js';
import type { Ledger } from './ledger.js';

/** A driver who parks as a walk-in and releases the booking, in a loop. */
export async function driveWalkIns(
  api: ApiClient,
  { ledger, roll, isOver }: Pick<AheadStorm, 'ledger' | 'roll' | 'isOver'>,
): Promise<void> {
  let active: number | undefined;
  while (!isOver()) {
    if (active === undefined || roll(10) === 0) {
      const lotId = ledger.anyLot(roll);
      const booked = await api.book(lotId, { remarks: `roll ${roll(1e6)}` });
      ledger.note('book', booked, active === undefined ? [201, 404, 409] : [404, 409]);
      if (booked.status !== 201) continue;
      active = Number(booked.body.id);
      ledger.bookings.set(active, booked.body);
      const { price_per_hour: price } = booked.body;
      if (!ledger.prices.get(lotId)?.has(price))
        ledger.reportUnexpected(`lot ${lotId} at ${price}`);
    } else {
      const released = await api.release(active);
      ledger.note('release', released, [200]);
      ledger.bookings.set(active, released.body);
      active = undefined;
    }
    if (roll(3) === 0) await expectOwnWrite(api, ledger, active);
  }
}

/** Expects that a write is visible in the next read of the same client, cached or not. */
async function expectOwnWrite(
  api: ApiClient,
  ledger: Ledger,
  active: number | undefined,
): Promise<void> {
  const statistics = await api.get('/api/user/stats');
  const count = active === undefined ? 0 : 1;
  if (statistics.body.activeBookings !== count) ledger.reportUnexpected(`stats ${statistics.text}`);
  const booking = await api.activeBooking();
  if (booking.body?.id !== active) ledger.reportUnexpected(`active ${booking.text}, not ${active}`);
}
