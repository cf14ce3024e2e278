import { CodedError } from '../errors/coded-error.js';
import { type ProblemCode, PROBLEMS } from '../errors/problem-codes.js';
import { IdempotencyKeyInUse, ReplayedError } from './errors.js';

/** Version of the stored shape. Increase it with a change that an older program cannot read. */
const VERSION = 1;

/** The outcome of a unit of work: its result, or a refusal that a repeated request must get too. */
export type Outcome<T> = { readonly result: T } | { readonly refusal: CodedError };

/** Statuses of refusals that are stored; after any other error the request may be sent again. */
const REPLAYABLE_STATUSES: ReadonlySet<number> = new Set([404, 409]);

export function isReplayable(error: unknown): error is CodedError {
  return error instanceof CodedError && REPLAYABLE_STATUSES.has(PROBLEMS[error.code].status);
}

/** Serializes the outcome. A result contains JSON values and Dates. */
export function encodeOutcome(outcome: Outcome<unknown>): string {
  if ('result' in outcome)
    return JSON.stringify({ v: VERSION, result: outcome.result }, markInstants);
  const { code, message } = outcome.refusal;
  return JSON.stringify({ v: VERSION, refusal: { code, message } });
}

/**
 * Parses what {@link encodeOutcome} returned for the same unit of work, so the result has the type of that
 * unit. Outcomes of version 1 were first stored without `v`.
 * @throws IdempotencyKeyInUse for an outcome of a later version: an instance of that version can replay it
 * when the client repeats the request
 */
export function decodeOutcome<T>(text: string): Outcome<T> {
  const {
    v = VERSION,
    refusal,
    result,
  } = JSON.parse(text, readInstants) as {
    readonly v?: number;
    readonly refusal?: { readonly code: ProblemCode; readonly message: string };
    readonly result: T;
  };
  if (v > VERSION) throw new IdempotencyKeyInUse();
  return refusal ? { refusal: new ReplayedError(refusal.code, refusal.message) } : { result };
}

/** JSON.stringify converts a Date before it calls the replacer; the parent object still has the Date. */
function markInstants(this: Readonly<Record<string, unknown>>, key: string, value: unknown) {
  const original = this[key];
  return original instanceof Date ? { instant: original.getTime() } : value;
}

function readInstants(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('instant' in value)) return value;
  return new Date(Number(value.instant));
}
