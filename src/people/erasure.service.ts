import { Injectable } from '@nestjs/common';
import type { Account } from '../auth/accounts/account.entity.js';
import { ACCOUNTS_TAG } from '../auth/accounts/accounts.service.js';
import { eraseAccount, lockToErase } from '../auth/accounts/erase-account.js';
import { type GivenPassword, OwnPassword } from '../auth/accounts/own-password.js';
import { eraseMessages } from '../jobs/erase-messages.js';
import { driverTag, PARKING_TAG } from '../parking/cache-tags.js';
import { AheadUnits } from '../parking/reservations/ahead/ahead-units.js';
import { assertNoLiveBooking, eraseBookings } from '../parking/reservations/erase-bookings.js';
import { lockPlates, readPlateKeys } from '../parking/vehicles/plate-locks.js';
import { recordAudit } from '../platform/audit/audit.js';
import { invalidateAfter } from '../platform/cache/invalidate-after.js';
import { TaggedCache } from '../platform/cache/tagged-cache.js';
import { TransactionRunner } from '../platform/database/transaction-runner.js';
import type { Tx } from '../platform/database/tx.js';
import { eraseRecords } from '../platform/idempotency/erase-records.js';
import type { Principal } from '../platform/principal.js';
import { Clock } from '../platform/time/clock.js';
import { eraseFromAudit } from './erase-from-audit.js';

/** Erases people who delete their account. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly passwords: OwnPassword,
    private readonly units: AheadUnits,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
  ) {}

  /**
   * Erases the principal from every table, in one transaction. Bookings, sums and audit entries stay,
   * without the person.
   * @throws CurrentPasswordWrong | LiveBooking | LastAdmin | TokenRevoked | Overloaded
   */
  async erase(principal: Principal, password: GivenPassword): Promise<void> {
    const refusal = 'account.erase-refused';
    const { passwordHash } = await this.passwords.confirm(principal, password, refusal);
    // Settles first, so that a hold that has expired does not count as live.
    await this.units.settleDue();
    const { id, role } = principal;
    const erased = this.transactions.run(async (tx) => {
      // The plates are locked before the account, in the same order as for an event at a gate.
      const plates = new Set(await readPlateKeys(tx, id));
      await lockPlates(tx, plates);
      const account = await lockToErase(tx, { id, role, passwordHash });
      if (!account) return false;
      // While the account is locked, no plate can be added.
      if ((await readPlateKeys(tx, id)).some((plate) => !plates.has(plate))) return false;
      await assertNoLiveBooking(tx, id);
      await this.eraseLocked(tx, account, principal);
      return true;
    });
    const tags = [ACCOUNTS_TAG, PARKING_TAG, driverTag(id)];
    // The password was changed, a login has replaced its hash, or a plate was added: begin again.
    if (!(await invalidateAfter(erased, this.cache, tags))) return this.erase(principal, password);
  }

  private async eraseLocked(tx: Tx, account: Account, by: Principal): Promise<void> {
    const { id } = account;
    const at = this.clock.now();
    // Recorded first, so that the name is erased from this entry too.
    await recordAudit(tx, { at, by, action: 'account.erased', targetId: id });
    const places = await eraseAccount(tx, account, at);
    await eraseFromAudit(tx, account, places);
    await eraseBookings(tx, id);
    await eraseMessages(tx, id);
    await eraseRecords(tx, account);
  }
}
