import type { HttpClient, HttpResponse } from '../http/clients/http-client.js';
import type { AheadStorm } from './ahead-driver.js';
import { dice } from './dice.js';
import type { Ledger } from './ledger.js';

/** The actions of an operator in a loop; each operator begins with a different one. */
const ROUND = ['resize', 'price', 'create', 'resize', 'delete', 'price'] as const;
const LOTS = '/api/admin/parking-lots';

/** What the operators of lots, and the readers, share in a storm. */
export interface LotStorm extends Pick<AheadStorm, 'ledger' | 'isOver'> {
  readonly http: HttpClient;
  /** Token of an operator. */
  readonly token: string;
}

/** Creates, changes and deletes lots. `operator` is the number of the operator. */
export async function operateLots(operator: number, storm: LotStorm): Promise<void> {
  const { http, token, ledger, isOver } = storm;
  const roll = dice(1_000 + operator);
  const check = (what: string, response: HttpResponse, expected: readonly number[]) => {
    ledger.note(what, response, expected);
    if (response.status < 300) checkSum(ledger, response.body);
  };
  for (let step = operator; !isOver(); step += 1) {
    const id = ledger.anyLot(roll);
    const price = roll(4_000) / 4;
    const body = { number_of_spots: 1 + roll(30) };
    const action = ROUND[step % ROUND.length];
    if (action === 'resize') {
      check('resize', await http.put(`${LOTS}/${id}`, { token, body }), [200, 404, 409]);
    } else if (action === 'price') {
      // A booking that is made before the response may already have the new price.
      ledger.offer(id, price);
      const changed = await http.put(`${LOTS}/${id}`, { token, body: { price } });
      // The response is 409 if the lot has a tariff.
      check('price', changed, [200, 404, 409]);
    } else if (action === 'delete' && ledger.lots.size > 3) {
      const deleted = await http.delete(`${LOTS}/${id}`, { token });
      ledger.note('delete', deleted, [200, 404, 409]);
      if (deleted.status === 200) ledger.deleted.add(id);
      if (deleted.status !== 409) ledger.lots.delete(id);
    } else {
      const lot = { prime_location_name: 'New', address: 'Here', pin_code: '110001', price };
      const created = await http.post(LOTS, { token, body: { ...lot, ...body } });
      check('create', created, [201]);
      ledger.offer(created.body.id, price);
      ledger.lots.add(created.body.id);
    }
  }
}

/** Reports a lot if its free and occupied spots do not add up to its number of spots. */
export function checkSum(ledger: Ledger, lot: HttpResponse['body']): void {
  const { available_spots: available, occupied_spots: occupied, number_of_spots: all } = lot;
  if (available + occupied !== all || available < 0) ledger.reportUnexpected(JSON.stringify(lot));
}
