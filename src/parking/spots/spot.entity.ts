import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/sql/columns.js';

/** `A` available, `O` occupied. */
export type SpotStatus = 'A' | 'O';

/**
 * A space for one vehicle. Its number is unique within the lot, and does not change when the spot is
 * retired.
 */
@Entity('spots')
export class Spot {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @Column('bigint', { name: 'lot_id' })
  lotId: number;

  @Column('bigint')
  number: number;

  @Column('text')
  status: SpotStatus;

  @InstantColumn({ name: 'created_at' })
  createdAt: Date;

  @InstantColumn({ name: 'retired_at', nullable: true })
  retiredAt: Date | null;
}
