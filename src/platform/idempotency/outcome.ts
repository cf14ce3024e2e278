import { CodedError } from '../errors/coded-error.js';
import { type ProblemCode, PROBLEMS } from '../errors/problem-codes.js';
import { ReplayedError } from './errors.js';

/** What a unit of work has come to: a result, or a refusal that a repeated request would get too. */
export type Outcome<T> = { readonly result: T } | { readonly refusal: CodedError };

/** Statuses of refusals that are kept (contract); any other request may simply be sent again. */
const REPLAYABLE_STATUSES: ReadonlySet<number> = new Set([404, 409]);

export function isReplayable(error: unknown): error is CodedError {
  return error instanceof CodedError && REPLAYABLE_STATUSES.has(PROBLEMS[error.code].status);
}

/** The outcome as text. A result consists of what JSON knows, and of instants. */
export function encodeOutcome(outcome: Outcome<unknown>): string {
  if ('result' in outcome) return JSON.stringify({ result: outcome.result }, markInstants);
  const { code, message } = outcome.refusal;
  return JSON.stringify({ refusal: { code, message } });
}

/** Reads what {@link encodeOutcome} has written, of the same unit of work and so of the same type. */
export function decodeOutcome<T>(text: string): Outcome<T> {
  const { refusal, result } = JSON.parse(text, readInstants) as {
    readonly refusal?: { readonly code: ProblemCode; readonly message: string };
    readonly result: T;
  };
  return refusal ? { refusal: new ReplayedError(refusal.code, refusal.message) } : { result };
}

/** JSON turns an instant into text before a replacer sees it; its owner still has it. */
function markInstants(this: Readonly<Record<string, unknown>>, key: string, value: unknown) {
  const original = this[key];
  return original instanceof Date ? { instant: original.getTime() } : value;
}

function readInstants(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('instant' in value)) return value;
  return new Date(Number(value.instant));
}
