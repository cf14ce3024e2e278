import { beforeEach } from 'vitest';
import { waitForExport } from './exports.js';
import { FixedClock } from '../app/fixed-clock.js';
import { useTestApp } from '../app/test-app.js';
import { createMember, type TestAccount } from '../data/factories.js';

export const EXPORTED_AT = '2026-03-01T09:30:00.000Z';

/** Exports of a driver. Each test has a new driver and begins at {@link EXPORTED_AT}. */
export class ExportScene {
  readonly clock = new FixedClock(EXPORTED_AT);
  // Tokens stay valid longer than exports.
  readonly vpms = useTestApp({
    clock: this.clock,
    environment: { JWT_EXPIRES_IN: '31536000' },
  });
  driver!: TestAccount;

  constructor() {
    beforeEach(async () => {
      this.clock.set(EXPORTED_AT);
      this.driver = await createMember(this.vpms);
    });
  }

  readonly request = (by = this.driver) => this.vpms.as(by).requestExport();

  readonly status = (id: string, by = this.driver) => this.vpms.as(by).exportStatus(id);

  readonly download = (id: string, by = this.driver) => this.vpms.as(by).downloadExport(id);

  /** Waits until the export is completed, and returns its status. */
  readonly completed = (id: string) =>
    waitForExport({ id, http: this.vpms.http, token: this.driver.token }, 'completed');

  /** Requests an export, waits until it is completed, and returns its id. */
  readonly finish = async (): Promise<string> => {
    const { task_id: id } = (await this.request()).body;
    await this.completed(id);
    return id;
  };
}
