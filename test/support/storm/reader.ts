import type { HttpResponse } from '../http/clients/http-client.js';
import type { Dice } from './dice.js';
import { checkSum, type LotStorm } from './lot-operator.js';

/** Reads lots, spots, statistics and activity, and reports inconsistent responses. */
export async function readStorm(
  { http, token, ledger, isOver }: LotStorm,
  { roll, driverToken }: { readonly roll: Dice; readonly driverToken: string | undefined },
): Promise<void> {
  const get = async (what: string, path: string, expected: readonly number[] = [200]) => {
    const response = await http.get(path, { token });
    ledger.note(what, response, expected);
    return response;
  };
  while (!isOver()) {
    for (const lot of (await get('lots', '/api/admin/parking-lots')).body) checkSum(ledger, lot);
    const available = await http.get('/api/user/parking-lots/available', { token: driverToken });
    ledger.note('available', available, [200]);
    if (available.body.some((lot: HttpResponse['body']) => !(lot.available_spots > 0))) {
      ledger.reportUnexpected(`available ${available.text}`);
    }
    const path = `/api/admin/parking-lots/${ledger.anyLot(roll)}/spots`;
    const spots = await get('spots', path, [200, 404]);
    for (const spot of spots.status === 200 ? spots.body : []) {
      const isTaken = spot.reservation !== null;
      if (isTaken !== (spot.status === 'O')) ledger.reportUnexpected(JSON.stringify(spot));
    }
    await get('stats', '/api/admin/stats');
    const { body: activity } = await get('activity', '/api/admin/recent-activity?limit=100');
    const moments = activity.map(({ timestamp }: { timestamp: string }) => timestamp);
    if (moments.join() !== moments.toSorted().toReversed().join())
      ledger.reportUnexpected('activity order');
  }
}
