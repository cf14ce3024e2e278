import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/sql/columns.js';

/** What a link does: set a new password, or confirm an e-mail address. */
export type LinkPurpose = 'reset' | 'confirm';

/** A link that was handed over or mailed. It is valid until it expires, as long as its row exists. */
@Entity('account_links')
export class AccountLink {
  /** Digest of the token; the token itself is not stored. */
  @PrimaryColumn('text')
  digest: string;

  @Column('text')
  purpose: LinkPurpose;

  @Column('bigint', { name: 'account_id' })
  accountId: number;

  /** Digest of the e-mail and, for a password link, the password hash; the link is void if either changes. */
  @Column('text', { name: 'bound_to' })
  boundTo: string;

  /** 1 if the link was mailed to the account's address, 0 if it was handed over. */
  @Column('integer', { default: 0 })
  mailed: 0 | 1;

  @InstantColumn({ name: 'created_at' })
  createdAt: Date;

  @InstantColumn({ name: 'expires_at' })
  expiresAt: Date;
}
