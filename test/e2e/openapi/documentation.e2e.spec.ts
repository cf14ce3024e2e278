import { describe, expect, it } from 'vitest';
import { startTestApp } from '../../support/app/test-app.js';

const PATHS = ['/api/docs', '/api/docs/', '/api/docs-json', '/api/docs-yaml'];

describe('the API documentation', () => {
  it('is served as YAML, the same for every request', async () => {
    await using vpms = await startTestApp();
    const { text, headers } = await vpms.http.get('/api/docs-yaml');
    expect(text).toMatch(/^openapi: /);
    expect(headers.get('content-type')).toBe('text/yaml; charset=utf-8');
    expect((await vpms.http.get('/api/docs-yaml')).text).toBe(text);
  });

  it('is removed by API_DOCS=false', async () => {
    await using vpms = await startTestApp({ environment: { API_DOCS: 'false' } });
    for (const path of [...PATHS, '/api/docs/swagger-ui-init.js', '/api/docs/swagger-ui.css']) {
      expect((await vpms.http.get(path)).status, path).toBe(404);
    }
    expect((await vpms.http.get('/health')).status).toBe(200);
  });

  it.each([
    ['https://example.com/parking/', '/parking'],
    ['https://example.com', '/'],
  ])('sends its requests below the path of PUBLIC_URL %s', async (PUBLIC_URL, path) => {
    await using vpms = await startTestApp({ environment: { PUBLIC_URL } });
    const { servers } = (await vpms.http.get('/api/docs-json')).body;
    expect(servers).toEqual([{ url: path, description: 'This installation' }]);
  });

  it('names the charset of every text', async () => {
    await using vpms = await startTestApp();
    const files = ['swagger-ui-init.js', 'swagger-ui.css', 'swagger-ui-bundle.js', 'index.html'];
    for (const path of [...PATHS, ...files.map((file) => `/api/docs/${file}`), '/metrics', '/']) {
      const { status, headers } = await vpms.http.get(path);
      expect(status, path).toBe(200);
      expect(headers.get('content-type'), path).toMatch(/; charset=utf-8/i);
    }
  });
});
