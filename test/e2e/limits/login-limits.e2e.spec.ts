import { describe, expect, it } from 'vitest';
import { nameKey } from '../../../src/auth/limits/name-key.js';
import { createMember, createMembers, PASSWORD } from '../../support/data/factories.js';
import {
  LIMITED,
  LIMITED_ENVIRONMENT,
  MovingClient,
  spendAllButOne,
} from '../../support/http/clients/moving-client.js';
import { expectProblem } from '../../support/http/problems.js';
import { useTestApp } from '../../support/app/test-app.js';

describe('rate limits for correct passwords', () => {
  const vpms = useTestApp({ environment: LIMITED_ENVIRONMENT });
  const client = new MovingClient(vpms);

  it('refuse the 61st login of an account within a minute, and no other account', async () => {
    const [member, other] = [await createMember(vpms), await createMember(vpms)];
    await spendAllButOne(vpms, 'logins-of-account', `user:${nameKey(member.username)}`);
    client.move();
    expect((await client.login(member.username)).status).toBe(200);
    const refused = await client.login(member.username);
    expectProblem(refused, LIMITED);
    expect(refused.body.message).toMatch(/^Too many logins of this account; try again in \d+ s/);
    expect((await client.login(other.username)).status).toBe(200);
  });

  it('let admins log in while many accounts flood the login', async () => {
    const admin = await createMember(vpms, 'admin');
    const members = await createMembers(vpms, 60);
    let isOver = false;
    const flood = members.map(async ({ username }, index) => {
      while (!isOver) {
        await vpms.http.post('/api/user/login', {
          body: { username, password: PASSWORD },
          headers: { 'x-forwarded-for': `203.0.113.${index}` },
        });
      }
    });
    client.move();
    for (let count = 0; count < 5; count += 1) {
      const response = await client.login(admin.username, PASSWORD, 'admin');
      expect(response.status, response.text).toBe(200);
    }
    isOver = true;
    await Promise.all(flood);
  });
});
