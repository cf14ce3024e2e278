import type { ProblemCode } from './problem-codes.js';

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** An error that clients may see. `message` is a sentence for people. */
export abstract class CodedError extends Error {
  abstract readonly code: ProblemCode;
}

/** The request has invalid fields. */
export class ValidationFailed extends CodedError {
  readonly code = 'VALIDATION_FAILED';

  constructor(readonly errors: readonly FieldError[]) {
    super(errors.map(({ message }) => message).join('; ') || 'The request is not valid.');
  }
}

/** The request cannot be parsed. The detail must not repeat its content. */
export class MalformedRequest extends CodedError {
  readonly code = 'MALFORMED_REQUEST';
}

export class HeadersTooLarge extends CodedError {
  readonly code = 'HEADERS_TOO_LARGE';

  constructor() {
    super('The address and the headers together are longer than 16 KiB.');
  }
}

export class NotJson extends CodedError {
  readonly code = 'NOT_JSON';

  constructor() {
    super('Send the request body as application/json.');
  }
}

/** There is no such route, or not with this method. */
export class RouteNotFound extends CodedError {
  readonly code = 'ROUTE_NOT_FOUND';

  constructor(method: string, path: string) {
    super(`There is no route ${method} ${path}.`);
  }
}

/** Too many requests of this kind are waiting. */
export class Overloaded extends CodedError {
  readonly code = 'OVERLOADED';

  constructor() {
    super('Too many requests of this kind are waiting; try again in a moment.');
  }
}
