import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/columns.js';

/** A token that was given out and still counts. A token without its row here is dead. */
@Entity('sessions')
export class Session {
  /** The token's `jti`. */
  @PrimaryColumn('text')
  id: string;

  @Column('bigint', { name: 'account_id' })
  accountId: number;

  @InstantColumn({ name: 'expires_at' })
  expiresAt: Date;
}
