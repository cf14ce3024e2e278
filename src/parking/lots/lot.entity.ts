import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/columns.js';

/** A parking lot. It is never deleted but retired, since past bookings point at it. */
@Entity('lots')
export class Lot {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @Column('text')
  name: string;

  @Column('text')
  address: string;

  @Column('text', { name: 'pin_code' })
  pinCode: string;

  /** In minor units. What a driver agrees to at booking; a change touches no booking made before. */
  @Column('bigint', { name: 'price_per_hour' })
  pricePerHour: number;

  /** How many spots it has that are not retired. */
  @Column('integer', { name: 'number_of_spots' })
  numberOfSpots: number;

  @InstantColumn({ name: 'created_at' })
  createdAt: Date;

  @InstantColumn({ name: 'updated_at' })
  updatedAt: Date;

  @InstantColumn({ name: 'retired_at', nullable: true })
  retiredAt: Date | null;
}
