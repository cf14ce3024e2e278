import { expect, it } from 'vitest';
import { expectNoViolations } from '../../support/cluster/cluster-checks.js';
import { GateClient } from '../../support/http/clients/gate-client.js';
import { expectProblem } from '../../support/http/problems.js';
import type { Driver } from '../../support/cluster/cluster.js';
import { useCluster } from '../../support/cluster/use-cluster.js';
import { describeWithServers } from '../../support/servers/with-servers.js';

const ROUNDS = 20;

describeWithServers('two instances', () => {
  const cluster = useCluster();

  async function addGate(lotId: number) {
    const body = { lot_id: lotId, name: 'North', direction: 'both' };
    const made = await cluster.api(0).http.post('/api/admin/gates', { token: cluster.admin, body });
    expect(made.status).toBe(201);
    return made.body as { readonly id: number; readonly key: string };
  }
  const gateAt = (instance: number, key: string) => new GateClient(cluster.api(instance).http, key);
  async function addCar(): Promise<Driver & { readonly plate: string }> {
    const driver = await cluster.addDriver();
    const plate = `C ${driver.id}`;
    const added = await cluster.via(0, driver).addVehicle({ plate });
    expect(added.status).toBe(201);
    return { ...driver, plate };
  }

  it('refuse a replaced key immediately on the other, and store nothing for it afterwards', async () => {
    const lotId = await cluster.addLot(50);
    const { id, key: first } = await addGate(lotId);
    let key = first;
    for (let round = 0; round < ROUNDS; round += 1) {
      const { plate } = await addCar();
      const path = `/api/admin/gates/${id}/key`;
      const [renewed, during] = await Promise.all([
        cluster.api(round).http.post(path, { token: cluster.admin }),
        gateAt(round + 1, key).enter(plate),
      ]);
      expect(renewed.status).toBe(201);
      if (during.status !== 200) expectProblem(during, '401 TOKEN_REVOKED');
      const stored = `SELECT COUNT(*) FROM gate_events WHERE gate_id = $1`;
      const before = await cluster.count(stored, [id]);
      for (const instance of [0, 1]) {
        expectProblem(await gateAt(instance, key).enter(plate), '401 TOKEN_REVOKED');
      }
      expect(await cluster.count(stored, [id])).toBe(before);
      key = renewed.body.key;
      expect((await gateAt(round + 1, key).exit(plate)).action).toBe(
        during.status === 200 ? 'open' : 'refuse',
      );
    }
  }, 60_000);

  it('book a car only once if it enters at two gates, each on another instance', async () => {
    const lotId = await cluster.addLot(50);
    const [one, two] = [await addGate(lotId), await addGate(lotId)];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { plate } = await addCar();
      const entries = await Promise.all([
        gateAt(0, one.key).entry(plate),
        gateAt(1, two.key).entry(plate),
      ]);
      expect(new Set(entries.map(({ reason }) => reason))).toEqual(
        new Set(['BOOKED', 'ALREADY_IN']),
      );
      const exits = await Promise.all([
        gateAt(1, one.key).exit(plate),
        gateAt(0, two.key).exit(plate),
      ]);
      expect(exits.map(({ reason }) => reason)).toEqual(['RELEASED', 'RELEASED']);
    }
    await expectNoViolations(cluster);
  }, 60_000);

  it('decide once on an event that both receive', async () => {
    const lotId = await cluster.addLot(50);
    const { key } = await addGate(lotId);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { plate } = await addCar();
      const event = { event_id: `both ${round}` };
      const entries = await Promise.all(
        [0, 1].map((each) => gateAt(each, key).entry(plate, event)),
      );
      expect(entries[0]).toEqual(entries[1]);
      expect(entries[0]).toMatchObject({ reason: 'BOOKED' });
    }
    const repeated = `SELECT COUNT(*) FROM (
      SELECT 1 FROM gate_events WHERE event_id IS NOT NULL
      GROUP BY gate_id, event_id HAVING COUNT(*) > 1) AS twice`;
    expect(await cluster.count(repeated)).toBe(0);
  }, 60_000);
});
