import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';
import { PageQuery } from '../../platform/http/pagination/page-query.dto.js';

export class DriversQuery extends PageQuery {
  /** Text contained in the username or e-mail; case-insensitive. @example 'test' */
  @MayBeOmitted()
  @Text({ max: 200 })
  search?: string;
}
