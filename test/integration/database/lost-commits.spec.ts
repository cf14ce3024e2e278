import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { MINUTE } from '../../../src/platform/time/durations.js';
import { at, FixedClock, START } from '../../support/app/fixed-clock.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { gateOf } from '../../support/data/gates.js';
import type { ApiClient } from '../../support/http/clients/api-client.js';
import type { HttpResponse } from '../../support/http/clients/http-client.js';
import { expectProblem } from '../../support/http/problems.js';
import {
  type LostCommitProxy,
  startLostCommitProxy,
} from '../../support/servers/lost-commit-proxy.js';
import { startPostgres } from '../../support/servers/postgres-server.js';
import type { ThrowawayServer } from '../../support/servers/throwaway-server.js';
import { describeWithServers } from '../../support/servers/with-servers.js';

describeWithServers('a change on PostgreSQL whose commit gets no response', () => {
  const clock = new FixedClock(START);
  let postgres: ThrowawayServer;
  let proxy: LostCommitProxy;
  let vpms: TestApp;
  let driver: ApiClient;
  let admin: ApiClient;
  let lotId: number;

  beforeAll(async () => {
    postgres = await startPostgres();
    const url = new URL(postgres.url);
    proxy = await startLostCommitProxy(Number(url.port));
    url.port = String(proxy.port);
    vpms = await startTestApp({ clock, environment: { DATABASE_URL: url.href } });
  });
  afterAll(async () => {
    await vpms[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    await postgres[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    clock.set(START);
    driver = vpms.as(await createMember(vpms));
    admin = vpms.as(await createMember(vpms, 'admin'));
    lotId = (await createLot(vpms, { numberOfSpots: 1 })).id;
  });

  /** The lot in the list of available lots, which is cached for a minute. */
  const availableLot = async () => {
    const { body } = await driver.get('/api/user/parking-lots/available');
    return body.find(({ id }: { id: number }) => id === lotId);
  };
  const activeBookings = async () => (await driver.get('/api/user/stats')).body.activeBookings;

  it('by an operator is in the cached lists of lots', async () => {
    expect(await availableLot()).toMatchObject({ address: '1 Main Street' });
    const change = { address: '2 Main Street' };
    const response = await proxy.whileLosing(() => admin.updateLot(lotId, change));
    expectProblem(response, '503 DATABASE_UNAVAILABLE');
    expect(await availableLot()).toMatchObject(change);
  });

  /** Expects that the request parks the driver, and that the values which were cached before show it. */
  const expectParkedByLostCommit = async (request: () => Promise<HttpResponse>) => {
    expect(await availableLot()).toMatchObject({ available_spots: 1 });
    expect(await activeBookings()).toBe(0);
    const response = await proxy.whileLosing(request);
    expectProblem(response, '503 DATABASE_UNAVAILABLE');
    expect(await availableLot()).toBeUndefined();
    expect(await activeBookings()).toBe(1);
  };

  it('by a driver is in the cached lists of lots and the statistics of the driver', async () => {
    await expectParkedByLostCommit(() => driver.book(lotId));
  });

  it('by an entry at a gate is in these lists and statistics, even if the camera does not report it again', async () => {
    const plate = 'DL 01 LC 0001';
    expect((await driver.addVehicle({ plate })).status).toBe(201);
    const gate = await gateOf(vpms, lotId);
    await expectParkedByLostCommit(() => gate.enter(plate));
  });

  it('by time alone is in the cached lists of lots, even if the clock is set back', async () => {
    const window = { lot_id: lotId, from: at(30), until: at(60) };
    expect((await driver.bookAhead({ ...window, hold: true })).status).toBe(201);
    expect(await availableLot()).toBeUndefined();
    clock.advance(20 * MINUTE);
    const response = await proxy.whileLosing(() => driver.get('/api/user/parking-lots/available'));
    expectProblem(response, '503 DATABASE_UNAVAILABLE');
    clock.set(START);
    expect(await availableLot()).toMatchObject({ available_spots: 1 });
  });
});
