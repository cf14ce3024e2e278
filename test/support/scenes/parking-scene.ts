import type { DestinationStream } from 'pino';
import { beforeEach, expect } from 'vitest';
import type { NewLot } from '../../../src/parking/lots/lots.service.js';
import { at, FixedClock, START } from '../app/fixed-clock.js';
import { useTestApp, type TestApp } from '../app/test-app.js';
import { createLot, createMember, type TestAccount } from '../data/factories.js';
import type { ApiClient, BookingFields } from '../http/clients/api-client.js';
import type { HttpResponse } from '../http/clients/http-client.js';

interface SceneOptions {
  /** Number of spots of the lot; 1 by default. */
  readonly numberOfSpots?: number;
  /** Destination of the program's log. */
  readonly log?: DestinationStream;
}

/**
 * A driver, an admin and a lot, all new for each test. Each test begins at {@link START}; windows are in
 * minutes after it.
 */
export class ParkingScene {
  readonly clock = new FixedClock(START);
  readonly vpms: TestApp;
  driverAccount!: TestAccount;
  adminAccount!: TestAccount;
  lotId!: number;

  constructor({ numberOfSpots = 1, log }: SceneOptions = {}) {
    // Tokens stay valid when a test moves the clock by weeks.
    const environment = { JWT_EXPIRES_IN: '31536000' };
    this.vpms = useTestApp({ clock: this.clock, environment, ...(log && { log }) });
    beforeEach(async () => {
      this.clock.set(START);
      this.driverAccount = await createMember(this.vpms);
      this.adminAccount = await createMember(this.vpms, 'admin');
      await this.newLot({ numberOfSpots });
    });
  }

  get driver(): ApiClient {
    return this.vpms.as(this.driverAccount);
  }

  get admin(): ApiClient {
    return this.vpms.as(this.adminAccount);
  }

  /** Another driver, without bookings. */
  readonly newDriver = async (): Promise<ApiClient> => this.vpms.as(await createMember(this.vpms));

  /** Creates a lot for the requests that follow; by default with 10 spots. */
  readonly newLot = async (lot: Partial<NewLot> = {}): Promise<void> => {
    this.lotId = (await createLot(this.vpms, lot)).id;
  };

  readonly bookAhead = (
    from: number,
    until: number,
    fields: object = {},
    by = this.driver,
  ): Promise<HttpResponse> =>
    by.bookAhead({ lot_id: this.lotId, from: at(from), until: at(until), ...fields });

  /** Books ahead, expects success, and returns the booking. */
  readonly reserve = async (from: number, until: number, fields: object = {}, by = this.driver) => {
    const { status, text, body } = await this.bookAhead(from, until, fields, by);
    expect(status, text).toBe(201);
    return body;
  };

  /** Books ahead as another driver, expects success, and returns the booking. */
  readonly reserveForOther = async (from: number, until: number, fields: object = {}) =>
    this.reserve(from, until, fields, await this.newDriver());

  /** Parks a car of another driver; returns the booking. */
  readonly parkOther = async (fields: BookingFields = {}) =>
    (await this.newDriver()).park(this.lotId, fields);

  /** The booking as the API returns it to its driver. */
  readonly booking = async (bookingId: number, by = this.driver) =>
    (await by.booking(bookingId)).body;

  /** The driver's statistics. */
  readonly statistics = async () => (await this.driver.get('/api/user/stats')).body;

  readonly disable = async ({ id }: TestAccount = this.driverAccount): Promise<void> => {
    const { token } = this.adminAccount;
    const options = { token, body: { disabled: true } };
    const { status } = await this.vpms.http.request('PATCH', `/api/admin/users/${id}`, options);
    expect(status).toBe(200);
  };
}
