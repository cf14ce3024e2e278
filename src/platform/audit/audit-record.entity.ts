import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../database/sql/columns.js';
import type { AuditedValues } from './audit.js';
import type { AuditedAction, AuditTarget } from './audited-actions.js';

/** One audited action. The database refuses to change or delete it. */
@Entity('audit_log')
export class AuditRecord {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @InstantColumn({ name: 'recorded_at' })
  recordedAt: Date;

  @Column('text')
  action: AuditedAction;

  /** Null if the client was not logged in, or if the program or the command line acted. */
  @Column('bigint', { name: 'actor_id', nullable: true })
  actorId: number | null;

  /** The actor's name at that time; for a failed login, the name of the account, if there is one. */
  @Column('text', { name: 'actor_name', nullable: true })
  actorName: string | null;

  /** Null if the program or the command line acted, or if the address was erased. */
  @Column('text', { name: 'client_address', nullable: true })
  clientAddress: string | null;

  @Column('text', { name: 'request_id', nullable: true })
  requestId: string | null;

  @Column('text', { name: 'target_type' })
  targetType: AuditTarget;

  @Column('text', { name: 'target_id', nullable: true })
  targetId: string | null;

  @Column('simple-json', { name: 'values_before', nullable: true })
  before: AuditedValues | null;

  @Column('simple-json', { name: 'values_after', nullable: true })
  after: AuditedValues | null;
}
