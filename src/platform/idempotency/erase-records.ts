import type { Tx } from '../database/tx.js';

/** An account that is erased. */
interface Person {
  readonly id: number;
  readonly username: string;
}

/**
 * Deletes the account's records, and erases the person from the responses that operators got about
 * the account and its bookings: a replay has null in those fields.
 */
export async function eraseRecords(tx: Tx, person: Person): Promise<void> {
  await tx.sql`DELETE FROM idempotency_records WHERE account_id = ${person.id}`;
  const records = await tx.sql<{ digest: string; outcome: string }[]>`
    SELECT request_digest AS digest, outcome FROM idempotency_records
    WHERE account_id IN (SELECT id FROM accounts WHERE role = 'admin')
      AND (outcome LIKE ${`%"username":"${person.username}"%`}
        OR outcome LIKE ${`%"userId":${person.id},%`})`;
  for (const { digest, outcome } of records) {
    const erased = JSON.stringify(
      JSON.parse(outcome, (_, value: unknown) => withoutPerson(value, person)),
    );
    await tx.sql`
      UPDATE idempotency_records SET outcome = ${erased} WHERE request_digest = ${digest}`;
  }
}

/**
 * If the value is the person's account or booking, a copy of it whose username, e-mail, plate and remarks
 * are null; otherwise the value.
 */
function withoutPerson(value: unknown, { id, username }: Person): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('username' in value && value.username === username)
    return { ...value, username: null, email: null };
  if ('userId' in value && value.userId === id)
    return { ...value, vehicleNumber: null, remarks: null };
  return value;
}
