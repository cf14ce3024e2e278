import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { PARKING_TAG } from '../../parking/cache-tags.js';
import { SettledCache } from '../../parking/reservations/ahead/settled-cache.js';
import { ACCOUNTS_TAG } from '../../auth/accounts/accounts.service.js';
import { MINUTE } from '../../platform/time/durations.js';

/** How old the statistics may be, in milliseconds (docs/contract.md). */
const MAX_AGE = 5 * MINUTE;

export interface Statistics {
  readonly lots: number;
  readonly spots: number;
  readonly users: number;
  /** Active reservations; each occupies one spot. */
  readonly active: number;
  /** Total cost of all stays, with the fees for late cancelling and no-shows; in minor units. */
  readonly revenue: number;
}

@Injectable()
export class StatisticsQueries {
  constructor(
    private readonly database: ReadDatabase,
    private readonly cache: SettledCache,
  ) {}

  /** The statistics, at most five minutes old and never older than a completed write. */
  read(): Promise<Statistics> {
    return this.cache.remember({
      key: 'admin-statistics',
      maxAge: MAX_AGE,
      tags: [PARKING_TAG, ACCOUNTS_TAG],
      load: () => this.load(),
    });
  }

  private async load(): Promise<Statistics> {
    const [row] = await this.database.sql<[Statistics]>`
      SELECT
        (SELECT COUNT(*) FROM lots WHERE retired_at IS NULL) AS lots,
        (SELECT COALESCE(SUM(number_of_spots), 0) FROM lots WHERE retired_at IS NULL) AS spots,
        (SELECT COUNT(*) FROM accounts WHERE role = 'user' AND erased_at IS NULL) AS users,
        (SELECT COUNT(*) FROM reservations WHERE left_at IS NULL) AS active,
        (SELECT COALESCE(SUM(spent), 0) FROM driver_totals) AS revenue`;
    return row;
  }
}
