import { IsString } from 'class-validator';
import type { PageRequest } from '../../page.js';
import { WholeNumberInQuery } from '../validation/numbers.js';
import { MayBeOmitted } from '../validation/text.js';

export const MAX_PAGE_SIZE = 500;

/** The requested part of a list. */
export class PageQuery implements PageRequest {
  /** Maximum number of items in the response. @example 50 */
  @WholeNumberInQuery({ min: 1, max: MAX_PAGE_SIZE })
  limit: number = MAX_PAGE_SIZE;

  /** Where the previous page ended; comes from its `Link` header. */
  @MayBeOmitted()
  @IsString({ message: 'cursor must come from a Link header' })
  cursor?: string;
}
