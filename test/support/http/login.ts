import { expect } from 'vitest';
import type { HttpClient, HttpResponse } from './http-client.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** The admin that the program creates at its first start, unless it is configured otherwise. */
export const ADMIN: Credentials = { username: 'admin', password: 'admin123' };

export function login(
  http: HttpClient,
  role: 'user' | 'admin',
  body: Credentials,
): Promise<HttpResponse> {
  return http.post(`/api/${role}/login`, { body });
}

/** The token of {@link ADMIN}. */
export async function loginAdmin(http: HttpClient): Promise<string> {
  const { status, body } = await login(http, 'admin', ADMIN);
  expect(status).toBe(200);
  return String(body.token);
}
