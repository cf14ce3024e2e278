import { expect } from 'vitest';
import type { Answer, HttpClient } from '../http/http-client.js';

/** Enough for 100,000 bookings on a busy machine. */
const PATIENCE = { timeout: 60_000, interval: 50 };

/** A driver's view of one export. */
export interface Task {
  readonly id: string;
  readonly http: HttpClient;
  readonly token: string;
}

export async function requestExport(http: HttpClient, token: string): Promise<Task> {
  const { status, body } = await http.post('/api/user/export-csv-async', { token });
  expect(status).toBe(202);
  return { id: body.task_id, http, token };
}

export function statusOf({ id, http, token }: Task): Promise<Answer> {
  return http.get(`/api/user/export-csv-status/${id}`, { token });
}

export function download({ id, http, token }: Task): Promise<Answer> {
  return http.get(`/api/user/export-csv-download/${id}`, { token });
}

/** Waits until the export is over; answers its last status. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests read fields of any shape, and assert what they are
export async function waitFor(task: Task, expected: 'completed' | 'failed'): Promise<any> {
  let body: { status?: string } = {};
  const isOver = async () => {
    ({ body } = await statusOf(task));
    return ['completed', 'failed'].includes(body.status ?? '');
  };
  await expect.poll(isOver, PATIENCE).toBe(true);
  expect(body).toMatchObject({ status: expected });
  return body;
}

/** The whole way of a driver: ask, wait, download. */
export async function exportCsv(http: HttpClient, token: string): Promise<Answer> {
  const task = await requestExport(http, token);
  await waitFor(task, 'completed');
  const answer = await download(task);
  expect(answer.status).toBe(200);
  return answer;
}
