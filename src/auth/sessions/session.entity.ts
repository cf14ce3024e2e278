import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/columns.js';

/** The session of an issued token. A token without its row is revoked. */
@Entity('sessions')
export class Session {
  /** The token's `jti`. */
  @PrimaryColumn('text')
  id: string;

  @Column('bigint', { name: 'account_id' })
  accountId: number;

  @InstantColumn({ name: 'expires_at' })
  expiresAt: Date;

  /** Written at most once an hour. */
  @InstantColumn({ name: 'last_used_at' })
  lastUsedAt: Date;
}
