import { DEFAULT_POLICY, type Policy } from '../../../src/parking/policies/policy.js';
import type { ApiClient } from '../http/clients/api-client.js';
import { likelyEvent } from './ahead-bookings.js';
import type { AheadStorm } from './ahead-driver.js';
import { anyOf } from './dice.js';

/** Drivers may check in a week early. A booking that is not checked in when its window begins is a no-show. */
const STRICT: Policy = {
  ...DEFAULT_POLICY,
  min_minutes: 1,
  early_arrival_minutes: 10_080,
  no_show_after_minutes: 0,
  walk_in_minutes: 1,
};

/** The policies that operators set in a storm. Most of them allow everything that the drivers request. */
export const POLICIES: readonly Policy[] = [
  STRICT,
  { ...STRICT, free_cancel_minutes: 0, no_show_fee_percent: 33 },
  { ...STRICT, free_cancel_minutes: 10_080, late_cancel_fee_percent: 25, walk_in_minutes: 600 },
  { ...STRICT, early_arrival_minutes: 0, no_show_after_minutes: 60 },
  DEFAULT_POLICY,
  { ...DEFAULT_POLICY, bookable_ahead: false },
];

/** An operator who acts for drivers, and sets and ends policies and tariffs. */
export async function operateAhead(api: ApiClient, storm: AheadStorm): Promise<void> {
  const { ledger, roll, isOver } = storm;
  while (!isOver()) {
    const lotId = ledger.anyLot(roll);
    const action = roll(8);
    if (action < 4) {
      await actForDriver(api, storm);
    } else if (action === 4) {
      const set = await api.setPolicy(lotId, anyOf(roll, POLICIES));
      ledger.note('set-policy', set, [200, 404]);
    } else if (action === 5) {
      const price = roll(4_000) / 4;
      // A booking that is made before the response may already have the new price.
      ledger.offer(lotId, price);
      const set = await api.setTariff(lotId, hourly(price));
      ledger.note('set-tariff', set, [200, 404]);
    } else if (action === 6) {
      ledger.note('end-tariff', await api.endTariff(lotId), [204, 404]);
    } else {
      const found = await api.get(`/api/admin/bookings?lot_id=${lotId}&status=at_risk`);
      ledger.note('search', found, [200]);
    }
  }
}

async function actForDriver(api: ApiClient, { ledger, bookings, roll }: AheadStorm): Promise<void> {
  const open = [...bookings.open];
  const active = open.filter(([, status]) => status === 'active');
  const recent = active.length > 0 && roll(3) === 0 ? active : open.slice(-30);
  if (recent.length === 0) return;
  const [id, status] = anyOf(roll, recent);
  const event = likelyEvent(roll, status);
  if (event === 'confirm') return;
  const body = {
    reason: 'The app failed',
    ...(event === 'cancel' && { waive_fee: roll(2) === 0 }),
  };
  const response = await api.post(`/api/admin/bookings/${id}/${event}`, { body });
  ledger.note(`operator-${event}`, response, [200, 409]);
  if (response.status === 200) bookings.acknowledge(event, response.body);
}

/** A tariff that costs the same as the hourly price. */
function hourly(price: number): object {
  return { name: 'Hourly', rates: [{ name: 'Hour', per_minutes: 60, price }] };
}
