import { ApiBody } from '@nestjs/swagger';

/** The body of a route that needs none: omitted, empty, null, or an object without fields. */
export class NoBodyDto {}

/** Documents a body that may be omitted. */
export function ApiNoBody(): MethodDecorator {
  return ApiBody({ type: NoBodyDto, required: false, description: 'No body is needed.' });
}
