import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { sendBytes } from '../../support/http/clients/raw-http.js';
import { useTestApp } from '../../support/app/test-app.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const VENDOR_TYPE = { 'content-type': 'application/vnd.api+json; charset=utf-8' };

describe('request bodies', () => {
  const vpms = useTestApp();
  const members: { admin?: TestAccount; user?: TestAccount } = {};

  beforeAll(async () => {
    await createLot(vpms);
    members.admin = await createMember(vpms, 'admin');
    members.user = await createMember(vpms);
  });

  describe('a POST without a body', () => {
    let user: TestAccount;
    const paths: [string, number][] = [
      ['/api/user/export-csv-async', 202],
      ['/api/auth/logout', 204],
    ];

    beforeEach(async () => {
      user = await createMember(vpms);
    });

    describe.each(paths)('%s', (path, status) => {
      it.each([
        ['nothing', {}],
        ['nothing, as JSON', { headers: JSON_TYPE }],
        ['nothing, as a form', { headers: { 'content-type': 'text/plain' } }],
        ['an empty body', { raw: '' }],
        ['an empty body as JSON', { raw: '', headers: JSON_TYPE }],
        ['an empty object', { body: {} }],
        ['null', { raw: 'null', headers: JSON_TYPE }],
        ['null of another media type', { raw: ' null ', headers: VENDOR_TYPE }],
        ['null as text/json', { raw: 'null', headers: { 'content-type': 'text/json' } }],
      ])('accepts %s', async (_, options) => {
        const response = await vpms.http.post(path, { token: user.token, ...options });
        expect(response.status, response.text).toBe(status);
      });

      it.each(['', 'Content-Type: application/json\r\n'])(
        'accepts an empty chunked body (%j)',
        async (type) => {
          const head =
            `POST ${path} HTTP/1.1\r\nHost: vpms\r\nConnection: close\r\n${type}` +
            `Authorization: Bearer ${user.token}\r\nTransfer-Encoding: chunked\r\n\r\n`;
          const response = await sendBytes(vpms.http.url, `${head}0\r\n\r\n`);
          expect(response.status).toBe(status);
        },
      );

      it.each([
        ['{"a":1}', '400 VALIDATION_FAILED', ['a']],
        ['[]', '400 VALIDATION_FAILED', ['body']],
        ['{', '400 MALFORMED_REQUEST', undefined],
      ] as const)('refuses %s', async (raw, cause, fields) => {
        const response = await vpms.http.post(path, { token: user.token, raw, headers: JSON_TYPE });
        expectProblem(response, cause, fields);
      });
    });
  });
});
