import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { Role } from '../../platform/principal.js';
import { InstantColumn } from '../../platform/database/sql/columns.js';

/**
 * A person who can log in. `usernameKey` and `emailKey` are the case-folded name and address, by which
 * accounts are compared.
 */
@Entity('accounts')
export class Account {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @Column('text')
  username: string;

  @Column('text', { name: 'username_key' })
  usernameKey: string;

  @Column('text')
  email: string;

  @Column('text', { name: 'email_key' })
  emailKey: string;

  /**
   * An Argon2id hash in PHC format; a Werkzeug hash until the next login of an imported account; or
   * {@link LOCKED}.
   */
  @Column('text', { name: 'password_hash' })
  passwordHash: string;

  @Column('text')
  role: Role;

  @InstantColumn({ name: 'created_at' })
  createdAt: Date;

  @InstantColumn({ name: 'updated_at' })
  updatedAt: Date;

  /** When the account was disabled; null while it is enabled. */
  @InstantColumn({ name: 'disabled_at', nullable: true })
  disabledAt: Date | null;

  /** When the person was erased; null until then. The row stays, without a name, for its bookings. */
  @InstantColumn({ name: 'erased_at', nullable: true })
  erasedAt: Date | null;

  /**
   * When the e-mail address was confirmed; null until then. 1970 for accounts of versions without
   * confirmation, which count as confirmed.
   */
  @InstantColumn({ name: 'email_confirmed_at', nullable: true, default: 0 })
  emailConfirmedAt: Date | null;

  /** When the driver unsubscribed from reminders; null if they are mailed. */
  @InstantColumn({ name: 'unsubscribed_at', nullable: true })
  unsubscribedAt: Date | null;
}
