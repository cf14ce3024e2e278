import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpClient } from '../http/clients/http-client.js';

/** A job run as the admin's routes return it. */
export interface JobRunBody {
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

export async function listRuns(http: HttpClient, token: string): Promise<JobRunBody[]> {
  return (await http.get('/api/admin/jobs', { token })).body as JobRunBody[];
}

/** Starts the job as an admin, and returns its run when it is finished. */
export async function runJob(
  http: HttpClient,
  token: string,
  { name, period }: { readonly name: string; readonly period?: string },
): Promise<JobRunBody> {
  const response = await http.post(`/api/admin/jobs/${name}/run`, { token, body: { period } });
  if (response.status !== 202) throw new Error(`${name}: ${response.status} ${response.text}`);
  return finishedRun(http, token, Number(response.body.id));
}

export async function finishedRun(
  http: HttpClient,
  token: string,
  id: number,
): Promise<JobRunBody> {
  return waitUntil(async () => {
    const run = (await listRuns(http, token)).find((candidate) => candidate.id === id);
    return run && run.status !== 'running' ? run : undefined;
  });
}

/** Polls until there is a result, for at most a minute. */
export async function waitUntil<T>(read: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    const response = await read();
    if (response !== undefined && response !== false) return response;
    await sleep(20);
  }
  throw new Error('waited for a minute in vain');
}
