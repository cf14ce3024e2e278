import type { ProblemCode } from './problem-codes.js';

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** An error with a cause that callers may know. `message` is a sentence for people. */
export abstract class CodedError extends Error {
  abstract readonly code: ProblemCode;
}

/** Fields of the request that the caller must change. */
export class ValidationFailed extends CodedError {
  readonly code = 'VALIDATION_FAILED';

  constructor(readonly errors: readonly FieldError[]) {
    super(errors.map(({ message }) => message).join('; ') || 'The request is not valid.');
  }
}

/** No such route, or not with this method. */
export class RouteNotFound extends CodedError {
  readonly code = 'ROUTE_NOT_FOUND';

  constructor(method: string, path: string) {
    super(`There is no route ${method} ${path}.`);
  }
}

/** More is waiting than can be answered in good time. */
export class Overloaded extends CodedError {
  readonly code = 'OVERLOADED';

  constructor() {
    super('Too many requests of this kind are waiting; try again in a moment.');
  }
}
