import { Injectable } from '@nestjs/common';
import { LostRace } from '../../../../platform/database/transaction-runner.js';
import type { Tx } from '../../../../platform/database/tx.js';
import { Clock } from '../../../../platform/time/clock.js';
import { MINUTE } from '../../../../platform/time/durations.js';
import { spotForWalkIn } from '../../../claims/windows.js';
import { LotFull } from '../../../errors.js';
import { allocateSpot, occupySpot } from '../../../spots/allocation.js';
import { hasBookingsAhead } from '../../stays/parking-queries.js';
import { AheadUnits } from '../ahead-units.js';

interface WalkIn {
  readonly lotId: number;
  /** The lot's policy; null for the default. */
  readonly policyId: number | null;
}

interface AllocatedSpot {
  readonly id: number;
  /**
   * In a lot with bookings ahead: the instant (ms) for which the spot was chosen. The car parks at this
   * instant, and the lot must be planned again.
   */
  readonly plannedAt?: number;
}

/** Finds spots for walk-ins. */
@Injectable()
export class WalkIns {
  constructor(
    private readonly units: AheadUnits,
    private readonly clock: Clock,
  ) {}

  /**
   * Occupies the free spot with the lowest number, in a lot without bookings ahead, whose row must
   * have a shared lock. A unit that needs the exclusive lock, for a lot with bookings ahead, must
   * not take the shared lock first: two such units would wait for each other.
   * @throws LotFull | LostRace if a booking ahead was made since the lot was read
   */
  async allocate(tx: Tx, lotId: number): Promise<AllocatedSpot> {
    if (await mayHaveBookingsAhead(tx, lotId))
      throw new LostRace('the lot has a booking ahead now');
    const spot = await allocateSpot(tx, lotId);
    if (!spot) throw new LotFull(lotId);
    return { id: spot.id };
  }

  /**
   * Occupies the free spot with the lowest number that no booking claims within `walk_in_minutes`,
   * after moving bookings if necessary. The lot must be locked.
   * @throws LotFull
   */
  async allocatePlanned(tx: Tx, { lotId, policyId }: WalkIn): Promise<AllocatedSpot> {
    const now = this.clock.now().getTime();
    const policy = await this.units.agreements.policies.find(tx, policyId);
    const until = now + policy.walk_in_minutes * MINUTE;
    const spot = await spotForWalkIn(tx, { lotId, now }, until);
    if (spot === undefined) throw new LotFull(lotId);
    await occupySpot(tx, spot);
    return { id: spot, plannedAt: now };
  }
}

/** On SQLite, units run one after another, so nothing has changed since the unit began. */
function mayHaveBookingsAhead(tx: Tx, lotId: number): Promise<boolean> | false {
  return tx.dialect === 'postgres' && hasBookingsAhead(tx, lotId);
}
