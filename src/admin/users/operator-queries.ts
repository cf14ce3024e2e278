import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';
import { Account } from '../../auth/accounts/account.entity.js';
import { type AccountView, accountView } from '../../auth/accounts/account-view.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { decodeCursor, Page, type PageRequest } from '../../platform/page.js';

@Injectable()
export class OperatorQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Admins by id. */
  async list(query: PageRequest): Promise<Page<AccountView>> {
    const [afterId = 0] = decodeCursor(query, 'id') ?? [];
    const admins = await this.database.getRepository(Account).find({
      where: { role: 'admin', erasedAt: IsNull(), id: MoreThan(afterId) },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    return Page.of(admins.map(accountView), query.limit, ({ id }) => [id]);
  }
}
