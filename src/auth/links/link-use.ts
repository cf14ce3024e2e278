import type { Queryable } from '../../platform/database/queryable.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Account } from '../accounts/account.entity.js';
import { lockAnyAccount } from '../accounts/locked-account.js';
import { LinkGone } from '../errors.js';
import type { LinkPurpose } from './account-link.entity.js';
import { boundTo, linkDigest } from './account-links.js';

interface LinkRow {
  readonly accountId: number;
  readonly boundTo: string;
  readonly mailed: number;
}

export interface UsedLink {
  readonly account: Account;
  /** Whether the link was mailed to the account's current address. */
  readonly isMailed: boolean;
}

/**
 * The account of a link, locked until the unit ends. The error is the same for every link that
 * cannot be used: malformed, unknown, used, replaced, expired, or of another installation.
 * @throws LinkGone
 */
export async function useLink(
  tx: Tx,
  { token, purpose, now }: { readonly token: string; readonly purpose: LinkPurpose; now: Date },
): Promise<UsedLink> {
  const link = await findLink(tx, { token, purpose, now });
  if (!link) throw new LinkGone();
  const account = await lockAnyAccount(tx, link.accountId);
  // Look again under the lock, because a concurrent use may have come first.
  if (!account || !(await findLink(tx, { token, purpose, now }))) throw new LinkGone();
  if (link.boundTo !== boundTo(purpose, account)) throw new LinkGone();
  if (account.disabledAt !== null) throw new LinkGone();
  return { account, isMailed: link.mailed === 1 };
}

async function findLink(
  source: Queryable,
  { token, purpose, now }: { readonly token: string; readonly purpose: LinkPurpose; now: Date },
): Promise<LinkRow | undefined> {
  const [link] = await source.sql<LinkRow[]>`
    SELECT account_id AS "accountId", bound_to AS "boundTo", mailed FROM account_links
    WHERE digest = ${linkDigest(token)} AND purpose = ${purpose} AND expires_at > ${now.getTime()}`;
  return link;
}
