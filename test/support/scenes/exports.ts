import { expect } from 'vitest';
import type { HttpResponse, HttpClient } from '../http/clients/http-client.js';

/** The timeout is long enough to export 100,000 bookings on a busy machine. */
const POLLING = { timeout: 60_000, interval: 50 };

/** The first line of each exported file. */
export const CSV_HEADER =
  'Reservation ID,Spot ID,Spot Number,Parking Lot,Address,Vehicle Number,Parking Timestamp,' +
  'Leaving Timestamp,Duration (hours),Cost,Currency,Status,Remarks\r\n';

/** An export, and what its driver needs to read it. */
export interface RequestedExport {
  readonly id: string;
  readonly http: HttpClient;
  readonly token: string;
}

export async function requestExport(http: HttpClient, token: string): Promise<RequestedExport> {
  const { status, body } = await http.as({ token }).requestExport();
  expect(status).toBe(202);
  return { id: body.task_id, http, token };
}

export function exportStatus({ id, http, token }: RequestedExport): Promise<HttpResponse> {
  return http.as({ token }).exportStatus(id);
}

export function downloadExport({ id, http, token }: RequestedExport): Promise<HttpResponse> {
  return http.as({ token }).downloadExport(id);
}

/** Waits until the export is completed or failed, and returns its last status. */
export async function waitForExport(
  task: RequestedExport,
  expected: 'completed' | 'failed',
): Promise<HttpResponse['body']> {
  let body: { status?: string } = {};
  const isOver = async () => {
    ({ body } = await exportStatus(task));
    return ['completed', 'failed'].includes(body.status ?? '');
  };
  await expect.poll(isOver, POLLING).toBe(true);
  expect(body).toMatchObject({ status: expected });
  return body;
}

/** Requests an export and waits until it is completed. */
export async function finishExport(http: HttpClient, token: string): Promise<RequestedExport> {
  const task = await requestExport(http, token);
  await waitForExport(task, 'completed');
  return task;
}

/** Requests an export, waits for it, and downloads it. */
export async function exportCsv(http: HttpClient, token: string): Promise<HttpResponse> {
  const task = await finishExport(http, token);
  const response = await downloadExport(task);
  expect(response.status).toBe(200);
  return response;
}
