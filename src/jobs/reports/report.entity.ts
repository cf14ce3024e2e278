import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/columns.js';

/** A driver's month, as statistics; the page is made from them when somebody reads it. */
@Entity('reports')
export class Report {
  @PrimaryColumn('bigint', { name: 'user_id' })
  userId: number;

  /** `2026-03` */
  @PrimaryColumn('text')
  period: string;

  /** A MonthlyFigures as JSON. */
  @Column('text')
  content: string;

  @InstantColumn({ name: 'created_at' })
  createdAt: Date;
}
