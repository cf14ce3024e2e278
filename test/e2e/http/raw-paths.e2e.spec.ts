import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { sendBytes } from '../../support/http/clients/raw-http.js';

let vpms: TestApp;
beforeAll(async () => {
  vpms = await startTestApp();
});
afterAll(() => vpms[Symbol.asyncDispose]());

/** Sends the path as it is; fetch would normalize it first. */
function get(path: string, method = 'GET') {
  const head = `${method} ${path} HTTP/1.1\r\nHost: vpms\r\nConnection: close\r\n`;
  return sendBytes(vpms.http.url, `${head}\r\n`);
}

const PATHS = [
  '/api/docs/../../package.json',
  '/api/docs/%2e%2e/%2e%2e/package.json',
  '/api/docs/..%2f..%2fpackage.json',
  '/api/docs/..%5c..%5cpackage.json',
  '/api/docs/%00',
  '/api/docs/a%00.css',
  '/api/docs/%ff',
  '/api/docs/%',
  '/api/docs//',
  '/api/docs/docs/../../../package.json',
  '/api/docs/docs/%2e%2e/%00',
  '/api/docs/.env',
  '/api/docs/swagger-ui.css/',
  '/api/docs/swagger-ui.css%00',
  `/api/docs/${'a'.repeat(5_000)}`,
  `/api/docs/${'%2e%2e/'.repeat(100)}`,
  '//x',
  '//',
  '///',
  '//api/docs',
  '/../../etc/passwd',
  '/%2e%2e/',
  '/..',
  '/.',
  '/%00',
  '/api/%00',
  '/api/user/reports/%00',
  '/api/user/reports/..',
  '/api/user/export-csv-status/%00',
  '/\\..\\..',
  '/api/docs?x=%00',
  '/?x=%ff&%ff=1',
  '*',
  'http://vpms/../x',
  'http://vpms',
  'http://',
  'x',
  '/api;x=1',
];

describe('a path that a browser would not send', () => {
  it.each(
    PATHS.flatMap((path) => ['GET', 'HEAD', 'POST'].map((method) => [method, path] as const)),
  )('gets a client error or a page of the program: %s %.60s', async (method, path) => {
    const { status, headers, text } = await get(path, method);
    expect(status, text.slice(0, 300)).toBeGreaterThanOrEqual(200);
    expect(status, text.slice(0, 300)).toBeLessThan(500);
    expect(headers.get('x-request-id')).toBeTruthy();
    expect(text).not.toContain('"dependencies"');
    expect(text).not.toContain('root:');
    if (status < 400 || method === 'HEAD') return;
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(text)).toMatchObject({ status, code: expect.any(String) });
  });
});
