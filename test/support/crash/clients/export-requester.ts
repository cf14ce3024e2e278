import { setTimeout as sleep } from 'node:timers/promises';
import { downloadExport, waitForExport } from '../../scenes/exports.js';
import type { HttpClient } from '../../http/clients/http-client.js';
import type { Snapshot } from '../snapshot.js';
import { send, expectReplayed, type Findings, type CrashWorkload } from '../workload.js';

interface DriverWithHistory {
  readonly id: number;
  readonly token: string;
  /** Number of past bookings, which every export contains. */
  readonly bookings: number;
  readonly adminToken: string;
}

/** A driver with a long history who requests an export as soon as the last one is finished. */
export class ExportRequester implements CrashWorkload {
  private readonly tasks = new Set<string>();
  /** The idempotency key of the request without a response. */
  private unconfirmed: string | undefined;
  /** The export of the unconfirmed request, if the request was executed. */
  private done: string | undefined;
  private steps = 0;
  private unfinished: readonly string[] = [];
  private readonly verified = new Set<string>();

  constructor(private readonly driver: DriverWithHistory) {}

  async run(http: HttpClient): Promise<never> {
    const { token } = this.driver;
    for (;;) {
      this.steps += 1;
      await this.changeLot(http);
      const { body } = await this.request(http, `${this.driver.id}-${this.steps}`);
      const id = String(body.task_id);
      const path = `/api/user/export-csv-status/${id}`;
      while ((await send(() => http.get(path, { token }), 200)).body.status !== 'completed') {
        await sleep(10);
      }
    }
  }

  /** Changes the lot's address: while nothing has changed, the finished export would be returned. */
  private async changeLot(http: HttpClient): Promise<void> {
    const { token, adminToken, id } = this.driver;
    const { body } = await send(() => http.get('/api/user/bookings?limit=1', { token }), 200);
    const path = `/api/admin/parking-lots/${body[0].lot_id}`;
    const change = { token: adminToken, body: { address: `Street ${id}-${this.steps}` } };
    await send(() => http.put(path, change), 200);
  }

  check({ exports }: Snapshot, findings: Findings): void {
    const rows = exports.filter((row) => row.user_id === this.driver.id);
    const there = new Set(rows.map(({ id }) => id));
    for (const id of this.tasks) if (!there.has(id)) findings.lost.push(`export ${id}`);
    const unknown = rows.filter(({ id }) => !this.tasks.has(id));
    this.done = unknown[0]?.id;
    if (unknown.length > (this.unconfirmed === undefined ? 0 : 1)) {
      findings.partial.push(`unknown exports: ${JSON.stringify(unknown)}`);
    }
    for (const { id, status } of rows) {
      if (status === 'failed') findings.lost.push(`export ${id}: ${status}`);
      this.tasks.add(id);
    }
    // The start continues unfinished exports; some may be finished by now.
    this.unfinished = rows
      .filter(({ status, attempt }) => status !== 'completed' || attempt > 1)
      .map(({ id }) => id)
      .filter((id) => !this.verified.has(id));
  }

  async retryInFlight(http: HttpClient, findings: Findings): Promise<void> {
    const { bookings, token } = this.driver;
    for (const id of this.unfinished) {
      const task = { id, http, token };
      const { total_bookings: total } = await waitForExport(task, 'completed');
      const lines = (await downloadExport(task)).text.trimEnd().split('\r\n');
      const isWhole = total === bookings && lines.length === bookings + 1;
      if (!isWhole) findings.partial.push(`export ${id}: ${total}, ${lines.length} lines`);
      this.verified.add(id);
    }
    const { unconfirmed, done } = this;
    if (unconfirmed === undefined) return;
    const response = await this.request(http, unconfirmed);
    if (done !== undefined) expectReplayed({ response, id: done }, findings);
  }

  /** Number of exports that a crash interrupted. */
  get interrupted(): number {
    return this.verified.size;
  }

  get acknowledged(): number {
    return this.tasks.size;
  }

  private async request(http: HttpClient, key: string) {
    const options = { token: this.driver.token, headers: { 'idempotency-key': key } };
    this.unconfirmed = key;
    const response = await send(() => http.post('/api/user/export-csv-async', options), 202);
    this.unconfirmed = undefined;
    this.tasks.add(String(response.body.task_id));
    return response;
  }
}
