import { beforeAll, describe, expect, it } from 'vitest';
import type { LotView } from '../../../src/parking/lots/lot-queries.js';
import { HOUR } from '../../../src/platform/time/durations.js';
import { distanceInMetres } from '../../../src/parking/lots/distance.js';
import { useTestApp } from '../../support/app/test-app.js';
import { geoJsonErrors } from '../../support/checks/geojson.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';

const CENTRE = { latitude: 28.6315, longitude: 77.2167 };
const NEAR = `near=${CENTRE.latitude},${CENTRE.longitude}`;

describe('the public list of lots', () => {
  const vpms = useTestApp();
  let lots: LotView[];
  let nowhere: LotView;
  let driver: TestAccount;

  beforeAll(async () => {
    driver = await createMember(vpms);
    lots = [];
    for (const [index, latitude] of [28.7, 28.63, 28.62, 28.63].entries()) {
      lots.push(await createLot(vpms, { name: `Lot ${index}`, latitude, longitude: 77.2167 }));
    }
    nowhere = await createLot(vpms, { name: 'Nowhere', numberOfSpots: 1 });
  });

  const list = async (query = '') => (await vpms.http.get(`/api/public/lots${query}`)).body;

  it('needs no token, and contains only public fields', async () => {
    const [lot] = lots;
    const body = await list();
    expect(body[0]).toEqual({
      id: lot?.id,
      prime_location_name: 'Lot 0',
      address: '1 Main Street',
      latitude: 28.7,
      longitude: 77.2167,
      number_of_spots: 10,
      available_spots: 10,
      price: 12.5,
      updated_at: new Date(lot?.updatedAt ?? 0).toISOString(),
    });
    expect(body.map(({ id }: { id: number }) => id)).toEqual(
      [...lots, nowhere].map(({ id }) => id),
    );
  });

  it('shows a completed booking at once, and full lots too', async () => {
    const { body: booking } = await vpms.as(driver).book(nowhere.id);
    expect((await list()).at(-1)).toMatchObject({ id: nowhere.id, available_spots: 0 });
    await vpms.as(driver).release(booking.id);
    expect((await list()).at(-1)).toMatchObject({ id: nowhere.id, available_spots: 1 });
  });

  it('is divided into pages, by id and by distance', async () => {
    for (const query of ['?limit=2', `?limit=2&${NEAR}`]) {
      const all = await list(query.replace('limit=2&', '').replace('limit=2', ''));
      const found: unknown[] = [];
      for (let path: string | undefined = `/api/public/lots${query}`; path;) {
        const { body, headers } = await vpms.http.get(path);
        expect(body.length).toBeLessThanOrEqual(2);
        found.push(...body);
        path = /<(.*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
      }
      expect(found).toEqual(all);
    }
  });

  it('is sorted by distance near a point, and by id at the same distance', async () => {
    const body = await list(`?${NEAR}`);
    const [far, near, middle, alsoNear] = lots;
    const nearest = [near, alsoNear, middle, far];
    expect(body.map(({ id }: { id: number }) => id)).toEqual(nearest.map((lot) => lot?.id));
    for (const [index, lot] of nearest.entries()) {
      const { latitude, longitude } = lot ?? {};
      const metres = distanceInMetres(CENTRE, {
        latitude: latitude ?? 0,
        longitude: longitude ?? 0,
      });
      expect(body[index].distance_metres).toBe(Math.round(metres * 10) / 10);
    }
  });

  it('contains the lots within the radius, inclusive', async () => {
    const [, second] = await list(`?${NEAR}&limit=2`);
    const { distance_metres: metres } = second;
    expect(await list(`?${NEAR}&radius=${metres}`)).toHaveLength(2);
    expect(await list(`?${NEAR}&radius=${Math.floor(metres)}`)).toHaveLength(0);
    expect(await list(`?near=${CENTRE.latitude},-102.7833&radius=0`)).toEqual([]);
    expect(await list('?near=28.63,77.2167&radius=0')).toHaveLength(2);
  });

  it.each([
    ['near=28.6', 'near'],
    ['near=28.6,77.2,1', 'near'],
    ['near=90.1,0', 'near'],
    ['near=0,180.1', 'near'],
    ['near=north,east', 'near'],
    ['near=1e1,0', 'near'],
    ['near=', 'near'],
    ['near=1,2&near=1,2', 'near'],
    ['near=1,2&radius=-1', 'radius'],
    ['near=1,2&radius=far', 'radius'],
    ['radius=100', 'radius'],
    ['near=1,2&cursor=MQ', 'cursor'],
  ])('refuses %s', async (query, field) => {
    for (const path of ['/api/public/lots', '/api/user/parking-lots/available']) {
      const response = await vpms.as(driver).get(`${path}?${query}`);
      expectProblem(response, '400 VALIDATION_FAILED');
      expect(response.body.errors).toMatchObject([{ field }]);
    }
  });

  it('accepts positions at the edges of the Earth', async () => {
    for (const near of ['-90,-180', '%2B90,180', '0,0', '-0.5,77.21670000000001']) {
      expect(await list(`?near=${near}`)).toHaveLength(4);
    }
  });

  it("equals the drivers' list near a point, with and without a window", async () => {
    const available = '/api/user/parking-lots/available';
    // Read the clock once: a millisecond more would be charged as another hour.
    const now = Date.now();
    const [from, until] = [1, 2].map((hours) => new Date(now + hours * HOUR).toISOString());
    const expected = (await list(`?${NEAR}`)).map(
      ({ id, distance_metres }: Record<string, unknown>) => ({ id, distance_metres }),
    );
    const { body: current } = await vpms.as(driver).get(`${available}?${NEAR}`);
    expect(current).toMatchObject(expected);
    const { body: later } = await vpms
      .as(driver)
      .get(`${available}?${NEAR}&from=${from}&until=${until}`);
    expect(later).toMatchObject(expected);
    expect(later[0].total).toBe(12.5);
    const first = await vpms.as(driver).get(`${available}?${NEAR}&limit=1&radius=5000`);
    expect(first.body).toHaveLength(1);
    const next = /<(.*)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1];
    const second = await vpms.as(driver).get(next ?? '');
    expect(second.body).toMatchObject([{ id: expected[1].id }]);
  });

  it("contains full lots near a point, which the drivers' list omits", async () => {
    const lot = await createLot(vpms, { numberOfSpots: 1, latitude: 1, longitude: 1 });
    const near = '/api/user/parking-lots/available?near=1,1&radius=10';
    expect((await vpms.as(driver).get(near)).body).toHaveLength(1);
    const { body } = await vpms.as(driver).book(lot.id);
    expect((await vpms.as(driver).get(near)).body).toHaveLength(0);
    expect(await list('?near=1,1&radius=10')).toMatchObject([{ available_spots: 0 }]);
    await vpms.as(driver).release(body.id);
  });

  it('is GeoJSON that a strict reader accepts', async () => {
    const { status, headers, body } = await vpms.http.get('/api/public/lots.geojson');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/geo+json');
    expect(geoJsonErrors(body)).toEqual([]);
    const located = (await list()).filter((lot: { latitude: unknown }) => lot.latitude !== null);
    expect(body.features.map(({ id }: { id: number }) => id)).toEqual(
      located.map(({ id }: { id: number }) => id),
    );
    expect(body.features[0]).toEqual({
      type: 'Feature',
      id: lots[0]?.id,
      geometry: { type: 'Point', coordinates: [77.2167, 28.7] },
      properties: located[0],
    });
  });

  it('omits a lot near a point and in GeoJSON once its position is removed', async () => {
    const admin = await createMember(vpms, 'admin');
    const lot = await createLot(vpms, { latitude: -45, longitude: -170 });
    const count = async () => ({
      near: (await list('?near=-45,-170&radius=1')).length,
      features: (await vpms.http.get('/api/public/lots.geojson')).body.features.length,
    });
    const before = await count();
    const nowhereElse = { latitude: null, longitude: null };
    expect((await vpms.as(admin).updateLot(lot.id, nowhereElse)).status).toBe(200);
    expect(await count()).toEqual({ near: 0, features: before.features - 1 });
    expect((await list()).at(-1)).toMatchObject({ id: lot.id, latitude: null, longitude: null });
  });
});
