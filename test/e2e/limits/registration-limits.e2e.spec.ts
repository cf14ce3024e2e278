import { describe, expect, it } from 'vitest';
import { nameKey } from '../../../src/auth/limits/name-key.js';
import { PASSWORD } from '../../support/data/factories.js';
import {
  LIMITED,
  LIMITED_ENVIRONMENT,
  MovingClient,
  spendAllButOne,
} from '../../support/http/clients/moving-client.js';
import { expectProblem } from '../../support/http/problems.js';
import { startTestApp, useTestApp } from '../../support/app/test-app.js';

describe('rate limits for registrations', () => {
  const vpms = useTestApp({ environment: LIMITED_ENVIRONMENT });
  const client = new MovingClient(vpms);

  it('are 30 per hour from an address by default', async () => {
    client.move();
    for (let count = 0; count < 30; count += 1) {
      const { status } = await client.register(`many.${count}`, `many.${count}@example.com`);
      expect(status).toBe(201);
    }
    expectProblem(await client.register('many.30', 'many.30@example.com'), LIMITED);
  });

  it('are set by REGISTRATIONS_PER_HOUR', async () => {
    const environment = { RATE_LIMIT_ENABLED: 'true', REGISTRATIONS_PER_HOUR: '2' };
    await using small = await startTestApp({ environment });
    const statuses: number[] = [];
    for (const username of ['one', 'two', 'three']) {
      const body = { username, email: `${username}@example.com`, password: PASSWORD };
      statuses.push((await small.http.post('/api/user/register', { body })).status);
    }
    expect(statuses).toEqual([201, 201, 429]);
  });

  it('refuse an address, and no other', async () => {
    await spendAllButOne(vpms, 'registrations-from-address', client.move());
    expect((await client.register('from.address', 'from@example.com')).status).toBe(201);
    const refused = await client.register('from.address2', 'from2@example.com');
    expectProblem(refused, LIMITED);
    expect(refused.body.message).toMatch(/from this address; try again in (59|60) minutes\.$/);
    client.move();
    expect((await client.register('from.address2', 'from2@example.com')).status).toBe(201);
  });

  it('refuse a name case-insensitively, and no other', async () => {
    await spendAllButOne(vpms, 'registrations-of-name', nameKey('wanted'));
    client.move();
    expect((await client.register('Wanted', 'wanted@example.com')).status).toBe(201);
    client.move();
    expectProblem(await client.register('WANTED', 'wanted2@example.com'), LIMITED);
    expect((await client.register('unwanted', 'wanted2@example.com')).status).toBe(201);
  });
});
