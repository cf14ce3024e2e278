import type { HttpClient } from '../../http/clients/http-client.js';
import { groupBy, type LotRow, type Snapshot } from '../snapshot.js';
import { send, expectReplayed, type Findings, type CrashWorkload } from '../workload.js';

interface CreatedLot {
  readonly id?: number;
  readonly spots: number;
  readonly isDeleted: boolean;
}

interface UnconfirmedRequest {
  readonly what: 'creation' | 'deletion';
  readonly address: string;
}

/** An admin who creates lots with many spots, and deletes every second one. */
export class LotCreator implements CrashWorkload {
  /** The created lots by address, which is unique here. */
  private readonly lots = new Map<string, CreatedLot>();
  private unconfirmed: UnconfirmedRequest | undefined;
  /** The lot whose creation had no response, if it was created. */
  private done: number | undefined;
  private steps = 0;

  constructor(private readonly token: string) {}

  async run(http: HttpClient): Promise<never> {
    for (;;) {
      this.steps += 1;
      const address = `Founded-${this.steps}`;
      await this.create(http, { address, spots: 1 + ((this.steps * 37) % 150) });
      if (this.steps % 2 === 0) await this.delete(http, address);
    }
  }

  check({ lots }: Snapshot, findings: Findings): void {
    this.done = undefined;
    const rows = groupBy(lots, ({ address }) => address);
    for (const [address, lot] of this.lots) {
      const [row, ...more] = rows.get(address) ?? [];
      const unconfirmedChange =
        this.unconfirmed?.address === address ? this.unconfirmed.what : undefined;
      if (!row) {
        if (unconfirmedChange !== 'creation') findings.lost.push(`lot ${address}`);
        continue;
      }
      if (unconfirmedChange === 'creation') this.done = row.id;
      if (more.length > 0) findings.partial.push(`lot ${address}, ${1 + more.length} times`);
      if (lot.isDeleted && row.retired_at === null) findings.lost.push(`deletion of ${address}`);
      if (!isWhole(row, lot, unconfirmedChange))
        findings.partial.push(`lot ${JSON.stringify(row)}`);
      this.lots.set(address, { ...lot, id: row.id, isDeleted: row.retired_at !== null });
    }
  }

  /** Repeats the creation without a response; afterwards there must be one lot. */
  async retryInFlight(http: HttpClient, findings: Findings): Promise<void> {
    const { unconfirmed, done } = this;
    this.unconfirmed = undefined;
    const lot = unconfirmed?.what === 'creation' && this.lots.get(unconfirmed.address);
    if (!lot) return;
    const response = await this.create(http, { address: unconfirmed.address, spots: lot.spots });
    if (done !== undefined) expectReplayed({ response, id: done }, findings);
  }

  get acknowledged(): number {
    return this.lots.size;
  }

  private async create(http: HttpClient, { address, spots }: { address: string; spots: number }) {
    this.unconfirmed = { what: 'creation', address };
    this.lots.set(address, { spots, isDeleted: false });
    const body = {
      prime_location_name: 'Founded',
      address,
      pin_code: '110001',
      price: spots,
      number_of_spots: spots,
    };
    const options = { token: this.token, body, headers: { 'idempotency-key': address } };
    const response = await send(() => http.post('/api/admin/parking-lots', options), 201);
    this.unconfirmed = undefined;
    this.lots.set(address, { id: Number(response.body.id), spots, isDeleted: false });
    return response;
  }

  private async delete(http: HttpClient, address: string): Promise<void> {
    const lot = this.lots.get(address);
    if (lot?.id === undefined) throw new Error(`${address} was not created`);
    this.unconfirmed = { what: 'deletion', address };
    const path = `/api/admin/parking-lots/${lot.id}`;
    await send(() => http.delete(path, { token: this.token }), 200);
    this.unconfirmed = undefined;
    this.lots.set(address, { ...lot, isDeleted: true });
  }
}

function isWhole(
  row: LotRow,
  lot: CreatedLot,
  unconfirmed: UnconfirmedRequest['what'] | undefined,
): boolean {
  if (lot.id !== undefined && row.id !== lot.id) return false;
  if (row.retired_at !== null && !lot.isDeleted && unconfirmed !== 'deletion') return false;
  return row.number_of_spots === lot.spots && row.price_per_hour === lot.spots * 100;
}
