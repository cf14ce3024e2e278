import { beforeAll, describe, expect, it } from 'vitest';
import { useTestApp } from '../../support/app/test-app.js';
import { createMember, type TestAccount } from '../../support/data/factories.js';

const vpms = useTestApp({ environment: { TIMEZONE: 'Asia/Kolkata' } });
let admin: TestAccount;

beforeAll(async () => {
  admin = await createMember(vpms, 'admin');
});

const LOT = {
  prime_location_name: 'Central',
  address: '1 Main Street',
  pin_code: '110001',
  price: 40,
  number_of_spots: 1,
};
const create = (fields: object) =>
  vpms.as(admin).post('/api/admin/parking-lots', { body: { ...LOT, ...fields } });

describe('the time zone and the position of a lot', () => {
  it('are by default that of the installation, and unknown', async () => {
    const { status, body } = await create({});
    expect(status).toBe(201);
    expect(body).toMatchObject({
      time_zone: 'Asia/Kolkata',
      latitude: null,
      longitude: null,
      tariff_id: null,
    });
  });

  it('can be set when the lot is created, changed and removed', async () => {
    const place = { time_zone: 'Europe/Berlin', latitude: 52.520008, longitude: -0.1 };
    const { body } = await create(place);
    expect(body).toMatchObject(place);
    const elsewhere = { time_zone: 'UTC', latitude: -90, longitude: 180 };
    expect((await vpms.as(admin).updateLot(body.id, elsewhere)).body).toMatchObject(elsewhere);
    const nowhere = { latitude: null, longitude: null };
    expect((await vpms.as(admin).updateLot(body.id, nowhere)).body).toMatchObject(nowhere);
    const { body: entries } = await vpms.as(admin).get('/api/admin/audit-log?action=lot.updated');
    expect(entries[0]).toMatchObject({
      target_id: String(body.id),
      before: { latitude: -90, longitude: 180 },
      after: nowhere,
    });
  });

  it.each([
    [{ time_zone: 'Mars/Olympus' }, 'time_zone'],
    [{ time_zone: '' }, 'time_zone'],
    [{ time_zone: null }, 'time_zone'],
    [{ latitude: 90.1, longitude: 0 }, 'latitude'],
    [{ latitude: 0, longitude: -180.5 }, 'longitude'],
    [{ latitude: '1', longitude: 0 }, 'latitude'],
    [{ latitude: 1 }, 'longitude'],
    [{ longitude: 1 }, 'latitude'],
    [{ latitude: 1, longitude: null }, 'longitude'],
  ])('are refused: %j', async (fields, field) => {
    const { body: lot } = await create({});
    for (const response of [await create(fields), await vpms.as(admin).updateLot(lot.id, fields)]) {
      expect(response.status).toBe(400);
      expect(response.body.errors).toMatchObject([{ field }]);
    }
  });
});
