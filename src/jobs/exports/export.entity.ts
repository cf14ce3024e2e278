import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/columns.js';

export const EXPORT_STATUSES = ['pending', 'processing', 'completed', 'failed'] as const;
export type ExportStatus = (typeof EXPORT_STATUSES)[number];

/** A driver's booking history as a CSV file, made in the background. A driver has one at a time. */
@Entity('exports')
export class Export {
  /** A random UUID: the task id that clients know. */
  @PrimaryColumn('text')
  id: string;

  @Column('bigint', { name: 'user_id' })
  userId: number;

  @Column('text')
  status: ExportStatus;

  /** Known once the work has begun. */
  @Column('integer', { name: 'total_bookings', nullable: true })
  totalBookings: number | null;

  /** How many bookings are written so far. */
  @Column('integer')
  processed: number;

  /** How often it was begun. Only the latest attempt writes. */
  @Column('integer')
  attempt: number;

  /** Why it failed. */
  @Column('text', { nullable: true })
  error: string | null;

  @InstantColumn({ name: 'created_at' })
  createdAt: Date;

  @InstantColumn({ name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  /** From then on the file cannot be downloaded. */
  @InstantColumn({ name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  /** Whether the finished file is still to be mailed; null where nobody is. */
  @Column('text', { nullable: true })
  mail: 'pending' | 'done' | 'failed' | null;
}
