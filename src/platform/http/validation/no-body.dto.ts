import { ApiBody } from '@nestjs/swagger';

/** The body of a route that needs none: left out, empty, or an object without fields. */
export class NoBodyDto {}

/** Documents a body that may be left out. */
export function ApiNoBody(): MethodDecorator {
  return ApiBody({ type: NoBodyDto, required: false, description: 'None is needed.' });
}
