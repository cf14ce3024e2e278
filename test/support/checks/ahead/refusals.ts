import type { ProblemCode } from '../../../../src/platform/errors/problem-codes.js';

/** The codes with which the program may refuse; empty if it must accept. */
export type Refusals = ReadonlySet<ProblemCode>;

type Causes = Readonly<Partial<Record<ProblemCode, boolean>>>;

export function because(causes: Causes): Refusals {
  const applies = Object.entries(causes).filter(([, isCause]) => isCause);
  return new Set(applies.map(([code]) => code as ProblemCode));
}
