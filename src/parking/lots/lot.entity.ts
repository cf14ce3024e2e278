import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/sql/columns.js';

/** A parking lot. Lots are retired, never deleted, because past reservations refer to them. */
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

  /**
   * In minor units, charged while the lot has no tariff. A change does not affect existing reservations,
   * which keep the price agreed at booking.
   */
  @Column('bigint', { name: 'price_per_hour' })
  pricePerHour: number;

  /** IANA name; null for the installation's time zone. */
  @Column('text', { name: 'time_zone', nullable: true })
  timeZone: string | null;

  /** In degrees north; null if the position is unknown. */
  @Column('double precision', { nullable: true })
  latitude: number | null;

  /** In degrees east; null if the position is unknown. */
  @Column('double precision', { nullable: true })
  longitude: number | null;

  /** Null for the default policy. */
  @Column('bigint', { name: 'policy_id', nullable: true })
  policyId: number | null;

  /** Number of spots that are not retired. */
  @Column('integer', { name: 'number_of_spots' })
  numberOfSpots: number;

  @InstantColumn({ name: 'created_at' })
  createdAt: Date;

  @InstantColumn({ name: 'updated_at' })
  updatedAt: Date;

  @InstantColumn({ name: 'retired_at', nullable: true })
  retiredAt: Date | null;
}
