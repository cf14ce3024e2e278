import { ApiProperty } from '@nestjs/swagger';
import { ApiInteger } from '../http/validation/numbers.js';

/** One field of a request and what is wrong with it. */
export class FieldErrorDto {
  /** Name of the body field, query parameter or path parameter. @example 'price' */
  field: string;

  /** What to change. @example 'price must be a number from 0 to 1000000' */
  message: string;
}

/** An error answer: problem details for HTTP APIs, RFC 9457. */
export class ProblemDto {
  /** Names the kind of problem. @example 'urn:vpms:problem:lot-full' */
  @ApiProperty({ format: 'uri' })
  type: string;

  /** The kind of problem in words, the same each time. @example 'The parking lot is full' */
  title: string;

  /** The HTTP status. @example 409 */
  @ApiInteger()
  status: number;

  /** What happened this time. @example 'Parking lot 7 has no free spot.' */
  detail: string;

  /** One sentence for people: the same text as `detail`. @example 'Parking lot 7 has no free spot.' */
  message: string;

  /** Path of the request. @example '/api/user/book-parking' */
  @ApiProperty({ format: 'uri-reference' })
  instance: string;

  /** A stable word per cause, for programs. @example 'LOT_FULL' */
  code: string;

  /** The `X-Request-Id` of the answer, for the operator's log. @example '0197c2a4-6f3e-7b1a-9d57-3f2c8e1b4a60' */
  request_id: string;

  /** Each bad field, where the request was not valid. */
  errors?: FieldErrorDto[];
}
