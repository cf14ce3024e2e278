import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/sql/columns.js';

export const EXPORT_STATUSES = ['pending', 'processing', 'completed', 'failed'] as const;
export type ExportStatus = (typeof EXPORT_STATUSES)[number];

/** A CSV file of a driver's bookings, written in the background. A driver has at most one unfinished export. */
@Entity('exports')
export class Export {
  /** A random UUID: `task_id` in the API. */
  @PrimaryColumn('text')
  id: string;

  @Column('bigint', { name: 'user_id' })
  userId: number;

  @Column('text')
  status: ExportStatus;

  /** Null until the work begins. */
  @Column('integer', { name: 'total_bookings', nullable: true })
  totalBookings: number | null;

  /** Number of bookings written so far. */
  @Column('integer')
  processed: number;

  /** Number of attempts. Only the latest one writes. */
  @Column('integer')
  attempt: number;

  /** Why the export failed. */
  @Column('text', { nullable: true })
  error: string | null;

  @InstantColumn({ name: 'created_at' })
  createdAt: Date;

  @InstantColumn({ name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  /** The file can be downloaded until this instant; null until the export is completed. */
  @InstantColumn({ name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  /** The source of the file (export-source.ts); null until the export is completed. */
  @Column('text', { nullable: true })
  source: string | null;

  /** The file has no plates of bookings that ended at this instant (ms) or before; null if it has all. */
  @Column('bigint', { name: 'plates_after', nullable: true })
  platesAfter: number | null;

  /** State of mailing the finished file; null if it is not mailed. */
  @Column('text', { nullable: true })
  mail: 'pending' | 'done' | 'failed' | null;
}
