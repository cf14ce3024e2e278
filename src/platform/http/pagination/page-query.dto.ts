import { IsString } from 'class-validator';
import { WholeNumberInQuery } from '../validation/numbers.js';
import { MayBeOmitted } from '../validation/text.js';

export const MAX_PAGE_SIZE = 500;

/** Which part of a list a request asks for. */
export class PageQuery {
  /** The most items that one answer holds. @example 50 */
  @WholeNumberInQuery({ min: 1, max: MAX_PAGE_SIZE })
  limit: number = MAX_PAGE_SIZE;

  /** Where the page before this one ended; comes from its `Link` header. */
  @MayBeOmitted()
  @IsString({ message: 'cursor must be the one that a Link header gave' })
  cursor?: string;
}
