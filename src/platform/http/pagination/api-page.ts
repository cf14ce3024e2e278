import { applyDecorators, type Type } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';

/** Documents a route that returns a page of a list. */
export function ApiPage(item: Type): MethodDecorator {
  return applyDecorators(
    ApiOkResponse({
      type: [item],
      headers: {
        Link: {
          description: 'Where the next page is, if more items follow: `<…>; rel="next"` (RFC 8288)',
          schema: { type: 'string' },
        },
      },
    }),
  );
}
