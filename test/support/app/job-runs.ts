import { setTimeout as sleep } from 'node:timers/promises';
import type { TestApp } from './test-app.js';
import type { HttpClient } from '../http/http-client.js';

/** A run as the admin's routes show it. */
export interface ShownRun {
  readonly id: number;
  readonly name: string;
  readonly period: string;
  readonly status: 'running' | 'completed' | 'failed';
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly processed: number;
  readonly failed: number;
  readonly error: string | null;
}

/** The token of the admin whom the program made. */
export async function adminToken({ http }: TestApp): Promise<string> {
  const body = { username: 'admin', password: 'admin123' };
  const answer = await http.post('/api/admin/login', { body });
  return String(answer.body.token);
}

export async function listRuns(http: HttpClient, token: string): Promise<ShownRun[]> {
  return (await http.get('/api/admin/jobs', { token })).body as ShownRun[];
}

/** Starts the job as an admin does, and answers when its run is finished. */
export async function runJob(
  http: HttpClient,
  token: string,
  { name, period }: { readonly name: string; readonly period?: string },
): Promise<ShownRun> {
  const answer = await http.post(`/api/admin/jobs/${name}/run`, { token, body: { period } });
  if (answer.status !== 202) throw new Error(`${name}: ${answer.status} ${answer.text}`);
  return finishedRun(http, token, Number(answer.body.id));
}

export async function finishedRun(http: HttpClient, token: string, id: number): Promise<ShownRun> {
  return until(async () => {
    const run = (await listRuns(http, token)).find((candidate) => candidate.id === id);
    return run && run.status !== 'running' ? run : undefined;
  });
}

/** Asks again until there is an answer, for at most a minute. */
export async function until<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(20);
  }
  throw new Error('waited for a minute in vain');
}
