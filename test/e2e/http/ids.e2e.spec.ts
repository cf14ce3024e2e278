import { beforeAll, describe, expect, it } from 'vitest';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { useTestApp } from '../../support/app/test-app.js';

/** Most are numbers in some programming language; none is a positive integer as the contract specifies. */
const NONE =
  '0 00 -1 +1 1.0 1.5 .5 1e3 1E0 0x1 0b1 1n 1_0 1,0 abc %20 1%20 %201 1%0A %00 1%00 1;1 null NaN ' +
  "Infinity %EF%BC%91 %D9%A1 %E2%80%8B1 %2531 [1] %7B%7D '1'";

describe('ids', () => {
  const vpms = useTestApp();
  let admin: TestAccount;
  let user: TestAccount;

  beforeAll(async () => {
    admin = await createMember(vpms, 'admin');
    user = await createMember(vpms);
    await createLot(vpms);
  });

  const useEverywhere = async (id: string) => {
    const lot = `/api/admin/parking-lots/${id}`;
    const { token } = admin;
    return {
      lots: [
        await vpms.http.put(lot, { token, body: {} }),
        await vpms.http.delete(lot, { token }),
        await vpms.http.get(`${lot}/spots`, { token }),
      ],
      booking: await vpms.as(user).release(id),
    };
  };

  it.each(NONE.split(' '))('are refused if they are invalid: %s', async (id) => {
    const { lots, booking } = await useEverywhere(id);
    for (const response of [...lots, booking]) {
      expectProblem(response, '400 VALIDATION_FAILED', ['id']);
    }
  });

  it.each(['999', '2147483648', '9007199254740993', '99999999999999999999', '9'.repeat(400)])(
    'match nothing: %s',
    async (id) => {
      const { lots, booking } = await useEverywhere(id);
      for (const response of lots) expectProblem(response, '404 LOT_NOT_FOUND');
      expectProblem(booking, '404 BOOKING_NOT_FOUND');
    },
  );

  it.each([0, -1, 1.5, 1e21, 2 ** 53])('are refused in a body: %d', async (id) => {
    const response = await vpms.as(user).book(id);
    expectProblem(response, '400 VALIDATION_FAILED', ['lot_id']);
  });

  it('return 404 for an unknown lot in a body', async () => {
    const response = await vpms.as(user).book(999);
    expectProblem(response, '404 LOT_NOT_FOUND');
  });

  it('are checked after the token and before the body', async () => {
    const path = '/api/admin/parking-lots/abc';
    const anonymous = await vpms.http.put(path, { body: [] });
    expectProblem(anonymous, '401 TOKEN_MISSING');
    const response = await vpms.http.put(path, { token: user.token, body: [] });
    expectProblem(response, '403 ROLE_FORBIDDEN');
    expect(response.body.instance).toBe(path);
  });
});
