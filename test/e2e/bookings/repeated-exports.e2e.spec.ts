import { beforeEach, describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReadDatabase } from '../../../src/platform/database/read-database.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import type { HttpResponse } from '../../support/http/clients/http-client.js';
import { expectProblem } from '../../support/http/problems.js';
import { DAY } from '../../../src/platform/time/durations.js';
import { useTestApp } from '../../support/app/test-app.js';

const START = '2026-03-01T09:30:00.000Z';

describe('exports', () => {
  const clock = new FixedClock(START);
  const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
  let driver: TestAccount;

  beforeEach(async () => {
    clock.set(START);
    driver = await createMember(vpms);
  });

  const get = (path: string, { token } = driver) => vpms.http.get(`/api/user/${path}`, { token });
  const request = (member = driver) => vpms.as(member).requestExport();
  const status = (id: string, member = driver) => vpms.as(member).exportStatus(id);
  const download = (id: string, member = driver) => vpms.as(member).downloadExport(id);
  const completed = async (id: string): Promise<HttpResponse> => {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const response = await status(id);
      if (response.body.status === 'completed') return response;
      await sleep(25);
    }
    throw new Error(`The export ${id} was not completed`);
  };

  describe('after one that is completed', () => {
    const finish = async (): Promise<string> => {
      const { task_id: id } = (await request()).body;
      await completed(id);
      return id;
    };

    it('are the same task until something changes', async () => {
      const lot = await createLot(vpms, { name: 'North', address: '1 Street' });
      const first = await finish();
      const [again, byGet] = await Promise.all([request(), get('export-csv')]);
      for (const { status: code, body } of [again, byGet]) {
        expect([code, body.task_id, body.status]).toEqual([202, first, 'completed']);
      }

      const booked = await vpms.as(driver).book(lot.id);
      const second = await finish();
      expect(second).not.toBe(first);
      clock.advance(60_000);
      expect(await finish()).toBe(second);

      await vpms.as(driver).release(booked.body.id);
      const third = await finish();
      expect(third).not.toBe(second);
      expect((await download(third)).text).toContain(',Completed,');
      expect(await finish()).toBe(third);

      const admin = await createMember(vpms, 'admin');
      const change = async (fields: object) => {
        const { status: code } = await vpms.http.put(`/api/admin/parking-lots/${lot.id}`, {
          token: admin.token,
          body: fields,
        });
        expect(code).toBe(200);
        return finish();
      };
      const renamed = await change({ prime_location_name: 'South' });
      expect(renamed).not.toBe(third);
      expect((await download(renamed)).text).toContain('South');
      const moved = await change({ address: '2 Street' });
      expect(moved).not.toBe(renamed);
      expect((await download(moved)).text).toContain('2 Street');
      expect(await change({ price: 99 })).toBe(moved);
      await createLot(vpms, { name: 'Unused' });
      expect(await finish()).toBe(moved);
    });

    it('are new ones after the plate of an earlier booking was corrected', async () => {
      const lot = await createLot(vpms);
      const { id } = await vpms.as(driver).park(lot.id, { vehicle_number: 'TYPO 1' });
      await vpms.as(driver).leave(id);
      clock.advance(60_000);
      await vpms.as(driver).stay(lot.id);
      const first = await finish();
      clock.advance(60_000);
      expect(await finish()).toBe(first);
      await vpms.as(driver).correctVehicle(id, { vehicle_number: 'RIGHT 1' });
      const second = await finish();
      expect(second).not.toBe(first);
      expect((await download(second)).text).toContain('RIGHT 1');
      clock.advance(60_000);
      expect(await finish()).toBe(second);
    });

    it('are new ones when it has expired', async () => {
      const first = await finish();
      clock.advance(DAY - 1);
      expect(await finish()).toBe(first);
      clock.advance(1);
      expect(await finish()).not.toBe(first);
    });

    it('replace its file', async () => {
      const lot = await createLot(vpms);
      const first = await finish();
      await vpms.as(driver).book(lot.id);
      const second = await finish();
      expectProblem(await download(first), '410 EXPORT_EXPIRED');
      expect((await status(first)).body).toMatchObject({ status: 'completed', download_url: null });
      expect((await download(second)).status).toBe(200);
      const rows = await vpms.app.get(ReadDatabase).sql<{ id: string }[]>`
        SELECT DISTINCT export_id AS id FROM export_chunks
        WHERE export_id IN (SELECT id FROM exports WHERE user_id = ${driver.id})`;
      expect(rows).toEqual([{ id: second }]);
    });
  });
});
