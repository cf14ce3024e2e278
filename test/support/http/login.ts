import { expect } from 'vitest';
import type { HttpClient } from './clients/http-client.js';

/** The admin that the program creates at its first start, unless another one is configured. */
export const DEFAULT_ADMIN = { username: 'admin', password: 'admin123' } as const;

/** Logs in as {@link DEFAULT_ADMIN} and returns the token. */
export async function loginAdmin({ http }: { readonly http: HttpClient }): Promise<string> {
  const { status, body } = await http.post('/api/admin/login', { body: DEFAULT_ADMIN });
  expect(status).toBe(200);
  return String(body.token);
}
