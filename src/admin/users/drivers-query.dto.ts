import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';
import { PageQuery } from '../../platform/http/pagination/page-query.dto.js';

export class DriversQuery extends PageQuery {
  /** Text inside the user name or e-mail, in any case of letters. @example 'test' */
  @MayBeOmitted()
  @Text({ max: 200 })
  search?: string;
}
