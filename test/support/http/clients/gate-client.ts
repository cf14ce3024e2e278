import { expect } from 'vitest';
import type { HttpClient, HttpResponse } from './http-client.js';

let events = 0;

/** Fields of an event that a test chooses; the id is a new one by default. */
export interface EventFields {
  readonly event_id?: string;
  readonly at?: string | Date;
}

/** A gate that calls the API with its key. */
export class GateClient {
  constructor(
    private readonly http: HttpClient,
    readonly key: string,
  ) {}

  enter(plate: string, fields: EventFields = {}): Promise<HttpResponse> {
    return this.report('entries', plate, fields);
  }

  leave(plate: string, fields: EventFields = {}): Promise<HttpResponse> {
    return this.report('exits', plate, fields);
  }

  /** The decision on an entry, which must not be an error. */
  async entry(plate: string, fields: EventFields = {}) {
    return decision(await this.enter(plate, fields));
  }

  /** The decision on an exit, which must not be an error. */
  async exit(plate: string, fields: EventFields = {}) {
    return decision(await this.leave(plate, fields));
  }

  private report(path: string, plate: string, fields: EventFields): Promise<HttpResponse> {
    events += 1;
    const body = { event_id: `event-${events}`, plate, ...fields };
    return this.http.post(`/api/gate/${path}`, { token: this.key, body });
  }
}

function decision({ status, text, body }: HttpResponse) {
  expect(status, text).toBe(200);
  return body;
}
