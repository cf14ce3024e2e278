import type { ProblemCode } from './problem-codes.js';

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** An error that clients may see. `message` is a sentence for people. */
export abstract class CodedError extends Error {
  abstract readonly code: ProblemCode;
  /** The fields that are wrong, if the error is about fields. */
  readonly errors?: readonly FieldError[];
}

/** Maximum number of field errors in a response. */
const MAX_ERRORS = 20;

/** The request has invalid fields; the first ones are reported. */
export class ValidationFailed extends CodedError {
  readonly code = 'VALIDATION_FAILED';
  override readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    const reported = errors.slice(0, MAX_ERRORS);
    super(reported.map(({ message }) => message).join('; ') || 'The request is not valid.');
    this.errors = reported;
  }
}

/** The request cannot be parsed. The message must not repeat the content of the request. */
export class MalformedRequest extends CodedError {
  readonly code = 'MALFORMED_REQUEST';
}

export class HeadersTooLarge extends CodedError {
  readonly code = 'HEADERS_TOO_LARGE';

  constructor() {
    super('The URL and the headers together are longer than 16 KiB.');
  }
}

export class NotJson extends CodedError {
  readonly code = 'NOT_JSON';

  constructor() {
    super('Send the request body as application/json.');
  }
}

/** No route has this path, or the route does not support the method. */
export class RouteNotFound extends CodedError {
  readonly code = 'ROUTE_NOT_FOUND';

  constructor(method: string, path: string) {
    super(`There is no route ${method} ${path}.`);
  }
}

export class Overloaded extends CodedError {
  readonly code = 'OVERLOADED';

  constructor() {
    super('Too many requests of this kind are waiting; try again in a moment.');
  }
}

/** A later version of the program has stored something that this one cannot read. */
export class StoredByLaterVersion extends CodedError {
  readonly code = 'STORED_BY_LATER_VERSION';

  constructor(what: string) {
    super(`This ${what} was stored by a later version of the program; try again in a moment.`);
  }
}
