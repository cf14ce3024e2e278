import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { BookingStatus } from './states.js';
import { InstantColumn } from '../../platform/database/sql/columns.js';

/**
 * A booking; it is never deleted. `parkedAt` to `leftAt` is the time of the stay or, without a stay,
 * the reserved window, so `leftAt` is null exactly while the car is parked.
 */
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

  @Column('text')
  status: BookingStatus;

  @InstantColumn({ name: 'parked_at' })
  parkedAt: Date;

  /** Null while active. */
  @InstantColumn({ name: 'left_at', nullable: true })
  leftAt: Date | null;

  /** In minor units; the price agreed at booking. */
  @Column('bigint', { name: 'price_per_hour' })
  pricePerHour: number;

  /** The version of the tariff agreed at booking; null for the hourly price. */
  @Column('bigint', { name: 'tariff_id', nullable: true })
  tariffId: number | null;

  /** In minor units; null while active. */
  @Column('bigint', { nullable: true })
  cost: number | null;

  @Column('text', { name: 'vehicle_number', nullable: true })
  vehicleNumber: string | null;

  /** The key of the plate; null if there is nothing to compare. */
  @Column('text', { name: 'plate_key', nullable: true })
  plateKey: string | null;

  @Column('text', { nullable: true })
  remarks: string | null;

  /** The policy of the lot agreed at booking; null for the default. */
  @Column('bigint', { name: 'policy_id', nullable: true })
  policyId: number | null;

  /** The window of a booking ahead, kept after check-in; null for a walk-in. */
  @InstantColumn({ name: 'reserved_from', nullable: true })
  reservedFrom: Date | null;

  @InstantColumn({ name: 'reserved_until', nullable: true })
  reservedUntil: Date | null;

  /** When the hold expires. Null unless the booking is a hold, or was one when it ended. */
  @InstantColumn({ name: 'hold_expires_at', nullable: true })
  holdExpiresAt: Date | null;

  /** When a hold expires, or a reservation becomes a no-show; null for a walk-in. */
  @InstantColumn({ name: 'lapses_at', nullable: true })
  lapsesAt: Date | null;

  /** When the booking was cancelled, expired or became a no-show; otherwise null. */
  @InstantColumn({ name: 'ended_at', nullable: true })
  endedAt: Date | null;

  /** Start of the claim. Null if the booking is over, at risk, or parked in a lot without bookings ahead. */
  @InstantColumn({ name: 'claim_from', nullable: true })
  claimFrom: Date | null;

  @InstantColumn({ name: 'claim_until', nullable: true })
  claimUntil: Date | null;

  /** When time alone next changes the booking: it lapses, or the claim of the car on its spot ends. */
  @InstantColumn({ name: 'due_at', nullable: true })
  dueAt: Date | null;

  @InstantColumn({ name: 'created_at' })
  createdAt: Date;

  @InstantColumn({ name: 'updated_at' })
  updatedAt: Date;
}
