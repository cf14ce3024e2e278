import { beforeEach, expect } from 'vitest';
import { FixedClock, START } from '../../app/fixed-clock.js';
import { useTestApp } from '../../app/test-app.js';
import { createLot, createMember } from '../../data/factories.js';
import type { ApiClient } from '../../http/clients/api-client.js';

/** One application, with an operator and a lot of two spots, both new for each test. */
export class AnalyticsClient {
  readonly clock = new FixedClock(START);
  readonly vpms = useTestApp({ clock: this.clock, environment: { JWT_EXPIRES_IN: '31536000' } });
  admin!: ApiClient;
  token!: string;
  lotId!: number;

  constructor() {
    beforeEach(async () => {
      this.clock.set(START);
      const account = await createMember(this.vpms, 'admin');
      this.token = account.token;
      this.admin = this.vpms.as(account);
      const fields = { numberOfSpots: 2, pricePerHour: 1_000, timeZone: 'UTC' };
      this.lotId = (await createLot(this.vpms, fields)).id;
    });
  }

  readonly analytics = async (query: string) => {
    const { status, text, body } = await this.admin.get(`/api/admin/analytics?${query}`);
    expect(status, text).toBe(200);
    return body;
  };

  /** The rows of the lot on the day of the test. */
  readonly today = (by: string) =>
    this.analytics(`lot_id=${this.lotId}&from=2026-03-02&until=2026-03-03&by=${by}`);

  /** A driver who parks now. */
  readonly park = async () => {
    const driver = this.vpms.as(await createMember(this.vpms));
    const { id } = await driver.park(this.lotId);
    return { leave: () => driver.leave(id) };
  };
}
