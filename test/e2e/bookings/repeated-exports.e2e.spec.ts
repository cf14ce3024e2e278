import { describe, expect, it } from 'vitest';
import { ReadDatabase } from '../../../src/platform/database/read-database.js';
import { DAY } from '../../../src/platform/time/durations.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { ExportScene } from '../../support/scenes/export-scene.js';

describe('exports', () => {
  const scene = new ExportScene();
  const { clock, vpms, request, status, download, finish } = scene;

  describe('after one that is completed', () => {
    it('are the same one until their content changes', async () => {
      const lot = await createLot(vpms, { name: 'North', address: '1 Street' });
      const first = await finish();
      const byGet = () => vpms.as(scene.driver).get('/api/user/export-csv');
      const responses = await Promise.all([request(), byGet()]);
      for (const { status: code, body } of responses) {
        expect([code, body.task_id, body.status]).toEqual([202, first, 'completed']);
      }

      const booked = await vpms.as(scene.driver).book(lot.id);
      const second = await finish();
      expect(second).not.toBe(first);
      clock.advance(60_000);
      expect(await finish()).toBe(second);

      await vpms.as(scene.driver).release(booked.body.id);
      const third = await finish();
      expect(third).not.toBe(second);
      expect((await download(third)).text).toContain(',Completed,');
      expect(await finish()).toBe(third);

      const admin = await createMember(vpms, 'admin');
      const change = async (fields: object) => {
        expect((await vpms.as(admin).updateLot(lot.id, fields)).status).toBe(200);
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
      const { id } = await vpms.as(scene.driver).park(lot.id, { vehicle_number: 'TYPO 1' });
      await vpms.as(scene.driver).leave(id);
      clock.advance(60_000);
      await vpms.as(scene.driver).stay(lot.id);
      const first = await finish();
      clock.advance(60_000);
      expect(await finish()).toBe(first);
      await vpms.as(scene.driver).correctVehicle(id, { vehicle_number: 'RIGHT 1' });
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
      await vpms.as(scene.driver).book(lot.id);
      const second = await finish();
      expectProblem(await download(first), '410 EXPORT_EXPIRED');
      expect((await status(first)).body).toMatchObject({ status: 'completed', download_url: null });
      expect((await download(second)).status).toBe(200);
      const rows = await vpms.app.get(ReadDatabase).sql<{ id: string }[]>`
        SELECT DISTINCT export_id AS id FROM export_chunks
        WHERE export_id IN (SELECT id FROM exports WHERE user_id = ${scene.driver.id})`;
      expect(rows).toEqual([{ id: second }]);
    });
  });
});
