import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { Role } from '../../platform/principal.js';
import { InstantColumn } from '../../platform/database/columns.js';

/** Someone who can log in. The keys are name and e-mail as they are compared: without case. */
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

  /** Argon2id in PHC form; Werkzeug's form until the next login of an imported account; or locked. */
  @Column('text', { name: 'password_hash' })
  passwordHash: string;

  @Column('text')
  role: Role;

  @InstantColumn({ name: 'created_at' })
  createdAt: Date;

  @InstantColumn({ name: 'updated_at' })
  updatedAt: Date;
}
