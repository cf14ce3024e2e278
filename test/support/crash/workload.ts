import { type HttpResponse, HttpClient, type RequestOptions } from '../http/http-client.js';
import type { Snapshot } from './snapshot.js';

/** How the program kept to what it had said, of all witnesses. */
export interface Findings {
  /** Acknowledged, and not there. */
  readonly lost: string[];
  /** There, and neither what was acknowledged nor the whole of what was in flight. */
  readonly partial: string[];
  /** Done although its answer was lost, asked for again, and not done twice. */
  readonly replayed: string[];
}

/** A client that remembers what it was told, and holds the program to it after a crash. */
export interface CrashWorkload {
  /** Asks one thing after another, without a pause. Ends with Unanswered. */
  run(http: HttpClient): Promise<never>;
  /** Compares what it was told with what is there now. What was in flight may be there or not. */
  check(snapshot: Snapshot, findings: Findings): void;
  /**
   * Asks the program about what no table shows, and again for what was in flight: it must be done
   * once by then.
   */
  retryInFlight(http: HttpClient, findings: Findings): Promise<void>;
}

/**
 * What a witness asks through during one round. Whoever was lucky while the database's server was
 * away would otherwise work for ever, since its program goes on.
 */
export class InterruptibleClient extends HttpClient {
  private isDisconnected = false;
  private dropsResponses = false;

  disconnect(): void {
    this.isDisconnected = true;
  }

  /** From now on answers are lost on their way. */
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

/** The answer was lost, or was that the database is: what was asked may be done or not. */
export class NoResponse extends Error {
  /** Undefined where there was no answer at all. */
  constructor(readonly status?: number) {
    super('no answer');
  }
}

/** @throws Unanswered; Error where the answer is none of the expected ones. */
export async function send(
  request: () => Promise<HttpResponse>,
  ...expected: readonly number[]
): Promise<HttpResponse> {
  let response: HttpResponse;
  try {
    response = await request();
  } catch (error) {
    // The program is dead: fetch says so with a TypeError.
    if (error instanceof TypeError) throw new NoResponse();
    throw error;
  }
  const { status, text } = response;
  if (status === 503) throw new NoResponse(status);
  if (!expected.includes(status))
    throw new Error(`${status} instead of ${expected.join(' or ')}: ${text}`);
  return response;
}

/** What was done although its answer was lost is not done again, and is answered as it was. */
export function expectReplayed(
  { response, id }: { readonly response: HttpResponse; readonly id: number | string },
  findings: Findings,
): void {
  const { status, headers, body, text } = response;
  const answered: unknown = body?.id ?? body?.task_id;
  const isKept = status < 300 && answered === id && headers.get('idempotency-replayed') === 'true';
  const list = isKept ? findings.replayed : findings.partial;
  list.push(`${id}, asked for again: ${status} ${text}`);
}
