import { CodedError } from '../errors/coded-error.js';
import { type ProblemCode, PROBLEMS } from '../errors/problem-codes.js';
import { ReplayedError } from './errors.js';

/** The outcome of a unit of work: its result, or a refusal that a repeated request must get too. */
export type Outcome<T> = { readonly result: T } | { readonly refusal: CodedError };

/** Statuses of refusals that are stored; after any other error the request may be sent again. */
const REPLAYABLE_STATUSES: ReadonlySet<number> = new Set([404, 409]);

export function isReplayable(error: unknown): error is CodedError {
  return error instanceof CodedError && REPLAYABLE_STATUSES.has(PROBLEMS[error.code].status);
}

/** Serializes the outcome. A result contains JSON values and Dates. */
export function encodeOutcome(outcome: Outcome<unknown>): string {
  if ('result' in outcome) return JSON.stringify({ result: outcome.result }, markInstants);
  const { code, message } = outcome.refusal;
  return JSON.stringify({ refusal: { code, message } });
}

/**
 * Parses the result of {@link encodeOutcome} for the same unit of work, and so of the same type.
 */
export function decodeOutcome<T>(text: string): Outcome<T> {
  const { refusal, result } = JSON.parse(text, readInstants) as {
    readonly refusal?: { readonly code: ProblemCode; readonly message: string };
    readonly result: T;
  };
  return refusal ? { refusal: new ReplayedError(refusal.code, refusal.message) } : { result };
}

/** JSON.stringify converts a Date before the replacer sees it; its parent still has it. */
function markInstants(this: Readonly<Record<string, unknown>>, key: string, value: unknown) {
  const original = this[key];
  return original instanceof Date ? { instant: original.getTime() } : value;
}

function readInstants(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('instant' in value)) return value;
  return new Date(Number(value.instant));
}
