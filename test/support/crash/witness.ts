import { type Answer, HttpClient, type RequestOptions } from '../http/http-client.js';
import type { Snapshot } from './snapshot.js';

/** How the program kept to what it had said, of all witnesses. */
export interface Findings {
  /** Acknowledged, and not there. */
  readonly lost: string[];
  /** There, and neither what was acknowledged nor the whole of what was in flight. */
  readonly halfDone: string[];
  /** Done although its answer was lost, asked for again, and not done twice. */
  readonly kept: string[];
}

/** A client that remembers what it was told, and holds the program to it after a crash. */
export interface Witness {
  /** Asks one thing after another, without a pause. Ends with Unanswered. */
  work(http: HttpClient): Promise<never>;
  /** Compares what it was told with what is there now. What was in flight may be there or not. */
  check(snapshot: Snapshot, findings: Findings): void;
  /**
   * Asks the program about what no table shows, and again for what was in flight: it must be done
   * once by then.
   */
  settle(http: HttpClient, findings: Findings): Promise<void>;
}

/**
 * What a witness asks through during one round. Whoever was lucky while the database's server was
 * away would otherwise work for ever, since its program goes on.
 */
export class Line extends HttpClient {
  private isCut = false;
  private losesAnswers = false;

  cut(): void {
    this.isCut = true;
  }

  /** From now on answers are lost on their way. */
  loseAnswers(): void {
    this.losesAnswers = true;
  }

  override async request(method: string, path: string, options?: RequestOptions): Promise<Answer> {
    if (this.isCut) throw new Unanswered();
    const answer = await super.request(method, path, options);
    if (this.losesAnswers) throw new Unanswered();
    return answer;
  }
}

/** The answer was lost, or was that the database is: what was asked may be done or not. */
export class Unanswered extends Error {
  /** Undefined where there was no answer at all. */
  constructor(readonly status?: number) {
    super('no answer');
  }
}

/** @throws Unanswered; Error where the answer is none of the expected ones. */
export async function ask(
  request: () => Promise<Answer>,
  ...expected: readonly number[]
): Promise<Answer> {
  let answer: Answer;
  try {
    answer = await request();
  } catch (error) {
    // The program is dead: fetch says so with a TypeError.
    if (error instanceof TypeError) throw new Unanswered();
    throw error;
  }
  const { status, text } = answer;
  if (status === 503) throw new Unanswered(status);
  if (!expected.includes(status))
    throw new Error(`${status} instead of ${expected.join(' or ')}: ${text}`);
  return answer;
}

/** What was done although its answer was lost is not done again, and is answered as it was. */
export function expectRepeated(
  { answer, id }: { readonly answer: Answer; readonly id: number | string },
  findings: Findings,
): void {
  const { status, headers, body, text } = answer;
  const answered: unknown = body?.id ?? body?.task_id;
  const isKept = status < 300 && answered === id && headers.get('idempotency-replayed') === 'true';
  const list = isKept ? findings.kept : findings.halfDone;
  list.push(`${id}, asked for again: ${status} ${text}`);
}
