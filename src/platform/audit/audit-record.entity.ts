import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../database/columns.js';
import type { AuditedValues } from './audit.js';
import type { AuditedAction, AuditTarget } from './audited-actions.js';

/** What someone has done. The database itself refuses to change or delete it. */
@Entity('audit_log')
export class AuditRecord {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @InstantColumn({ name: 'recorded_at' })
  recordedAt: Date;

  @Column('text')
  action: AuditedAction;

  /** Null where nobody was logged in. */
  @Column('bigint', { name: 'actor_id', nullable: true })
  actorId: number | null;

  /** As it was then; of a failed login, the account that was tried. */
  @Column('text', { name: 'actor_name', nullable: true })
  actorName: string | null;

  /** Null where the program itself did it. */
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
