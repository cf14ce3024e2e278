import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/sql/columns.js';

/** A driver's statistics of a month. The page is rendered from them at each request. */
@Entity('reports')
export class Report {
  @PrimaryColumn('bigint', { name: 'user_id' })
  userId: number;

  /** `2026-03` */
  @PrimaryColumn('text')
  period: string;

  /** A MonthlyStatistics as JSON with its version `v` (report-content.ts). */
  @Column('text')
  content: string;

  @InstantColumn({ name: 'created_at' })
  createdAt: Date;
}
