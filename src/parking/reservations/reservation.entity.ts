import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/columns.js';

/** A reservation: active until the driver leaves, then completed. It is never deleted. */
@Entity('reservations')
export class Reservation {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @Column('bigint', { name: 'spot_id' })
  spotId: number;

  @Column('bigint', { name: 'lot_id' })
  lotId: number;

  @Column('bigint', { name: 'user_id' })
  userId: number;

  @InstantColumn({ name: 'parked_at' })
  parkedAt: Date;

  /** Null while active. */
  @InstantColumn({ name: 'left_at', nullable: true })
  leftAt: Date | null;

  /** In minor units; the price agreed at booking. */
  @Column('bigint', { name: 'price_per_hour' })
  pricePerHour: number;

  /** In minor units; null while active. */
  @Column('bigint', { nullable: true })
  cost: number | null;

  @Column('text', { name: 'vehicle_number', nullable: true })
  vehicleNumber: string | null;

  @Column('text', { nullable: true })
  remarks: string | null;

  @InstantColumn({ name: 'created_at' })
  createdAt: Date;

  @InstantColumn({ name: 'updated_at' })
  updatedAt: Date;
}
