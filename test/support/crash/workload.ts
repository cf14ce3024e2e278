import { type HttpResponse, HttpClient, type RequestOptions } from '../http/clients/http-client.js';
import type { Snapshot } from './snapshot.js';

/** The findings of all clients. */
export interface Findings {
  /** Acknowledged, but missing. */
  readonly lost: string[];
  /** Present, but neither acknowledged nor the complete effect of a request without a response. */
  readonly partial: string[];
  /** Executed without a response, repeated, and not executed twice. */
  readonly replayed: string[];
}

/** A client that records its responses, and compares them with the data after a crash. */
export interface CrashWorkload {
  /** Sends requests without a pause. Ends with NoResponse. */
  run(http: HttpClient): Promise<never>;
  /**
   * Compares the recorded responses with the current data. A request without a response may have
   * been executed or not.
   */
  check(snapshot: Snapshot, findings: Findings): void;
  /**
   * Checks through the API what no table shows, and repeats the request without a response, which
   * must then be executed once.
   */
  retryInFlight(http: HttpClient, findings: Findings): Promise<void>;
}

/**
 * The connection of a client during one round. If only the database server is killed, the program keeps
 * running and requests may succeed again; `disconnect` ends the client nevertheless.
 */
export class InterruptibleClient extends HttpClient {
  private isDisconnected = false;
  private dropsResponses = false;

  disconnect(): void {
    this.isDisconnected = true;
  }

  /** From now on responses are lost. */
  dropResponses(): void {
    this.dropsResponses = true;
  }

  override async request(
    method: string,
    path: string,
    options?: RequestOptions,
  ): Promise<HttpResponse> {
    if (this.isDisconnected) throw new NoResponse();
    const response = await super.request(method, path, options);
    if (this.dropsResponses) throw new NoResponse();
    return response;
  }
}

/**
 * The response was lost or reported an unavailable database: the request may have been executed or
 * not.
 */
export class NoResponse extends Error {
  /** Undefined if there was no response. */
  constructor(readonly status?: number) {
    super('no response');
  }
}

/** @throws NoResponse; Error if the response is not one of the expected ones */
export async function send(
  request: () => Promise<HttpResponse>,
  ...expected: readonly number[]
): Promise<HttpResponse> {
  let response: HttpResponse;
  try {
    response = await request();
  } catch (error) {
    // If the program has been killed, fetch throws a TypeError.
    if (error instanceof TypeError) throw new NoResponse();
    throw error;
  }
  const { status, text } = response;
  if (status === 503) throw new NoResponse(status);
  if (!expected.includes(status))
    throw new Error(`${status} instead of ${expected.join(' or ')}: ${text}`);
  return response;
}

/** Repeats a request that was executed without a response; the outcome must be replayed. */
export function expectReplayed(
  { response, id }: { readonly response: HttpResponse; readonly id: number | string },
  findings: Findings,
): void {
  const { status, headers, body, text } = response;
  const returned: unknown = body?.id ?? body?.task_id;
  const isKept = status < 300 && returned === id && headers.get('idempotency-replayed') === 'true';
  const list = isKept ? findings.replayed : findings.partial;
  list.push(`${id}, repeated: ${status} ${text}`);
}
