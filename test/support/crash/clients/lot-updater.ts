import type { HttpClient } from '../../http/clients/http-client.js';
import type { LotRow, Snapshot } from '../snapshot.js';
import { send, type Findings, type CrashWorkload } from '../workload.js';

interface Target {
  readonly token: string;
  readonly lotId: number;
}

/** An admin who changes name, address, price and number of spots of one lot in each request. */
export class LotUpdater implements CrashWorkload {
  private revision = 0;
  private unconfirmed: number | undefined;
  private tries = 0;

  constructor(private readonly target: Target) {}

  async run(http: HttpClient): Promise<never> {
    const { token, lotId } = this.target;
    const path = `/api/admin/parking-lots/${lotId}`;
    for (;;) {
      this.tries += 1;
      this.unconfirmed = this.tries;
      const body = lotAtRevision(this.tries);
      // The request is refused if more spots are occupied than requested.
      const { status } = await send(() => http.put(path, { token, body }), 200, 409);
      this.unconfirmed = undefined;
      if (status === 200) this.revision = this.tries;
    }
  }

  check({ lots }: Snapshot, findings: Findings): void {
    const row = lots.find(({ id }) => id === this.target.lotId);
    const found = [this.revision, this.unconfirmed].find((revision) => row && isOf(row, revision));
    if (found === undefined) {
      const isOlder = row && Array.from({ length: this.revision }).some((_, n) => isOf(row, n));
      const what = `revision ${this.revision} or ${this.unconfirmed}: ${JSON.stringify(row)}`;
      findings[row && !isOlder ? 'partial' : 'lost'].push(what);
    }
    this.revision = found ?? this.revision;
    this.unconfirmed = undefined;
  }

  async retryInFlight(): Promise<void> {
    // Nothing to do: `check` has compared every acknowledged change with the tables.
  }

  get acknowledged(): number {
    return this.revision;
  }
}

/** The lot after the given number of changes; 0 is its state after the creation. */
export function lotAtRevision(revision: number) {
  return {
    prime_location_name: `Revision ${revision}`,
    address: `${revision} Main Street`,
    pin_code: '110001',
    price: revision,
    number_of_spots: 8 + ((revision * 7) % 9),
  };
}

function isOf(row: LotRow, revision: number | undefined): boolean {
  if (revision === undefined) return false;
  const lot = lotAtRevision(revision);
  return (
    row.name === lot.prime_location_name &&
    row.address === lot.address &&
    row.price_per_hour === lot.price * 100 &&
    row.number_of_spots === lot.number_of_spots
  );
}
