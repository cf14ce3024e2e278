import { ApiProperty } from '@nestjs/swagger';
import { ApiInteger } from '../http/validation/numbers.js';

/** An invalid field of a request. */
export class FieldErrorDto {
  /** Name of the body field, query parameter or path parameter. @example 'price' */
  field: string;

  /** What to change. @example 'price must be a number from 0 to 1000000' */
  message: string;
}

/** An error response: problem details for HTTP APIs (RFC 9457). */
export class ProblemDto {
  /** URI of the kind of problem. @example 'urn:vpms:problem:lot-full' */
  @ApiProperty({ format: 'uri' })
  type: string;

  /** Title of the kind of problem, always the same. @example 'The parking lot is full' */
  title: string;

  /** The HTTP status. @example 409 */
  @ApiInteger()
  status: number;

  /** What happened in this case. @example 'Parking lot 7 has no free spot.' */
  detail: string;

  /** One sentence for people: the same text as `detail`. @example 'Parking lot 7 has no free spot.' */
  message: string;

  /** Path of the request. @example '/api/user/book-parking' */
  @ApiProperty({ format: 'uri-reference' })
  instance: string;

  /** The stable error code, for programs. @example 'LOT_FULL' */
  code: string;

  /** The response's `X-Request-Id`, as in the log. @example '0197c2a4-6f3e-7b1a-9d57-3f2c8e1b4a60' */
  request_id: string;

  /** The invalid fields, if the request was not valid or its password was wrong. */
  errors?: FieldErrorDto[];
}
