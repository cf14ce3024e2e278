import { currencyDecimals } from './currencies.js';
import type { TransactionRunner } from '../database/transaction-runner.js';
import type { Tx } from '../database/tx.js';
import { StartError } from '../errors/start-error.js';

/** The currency of the database's amounts. */
export interface StoredCurrency {
  /** ISO 4217 code. */
  readonly code: string;
  readonly decimals: number;
}

interface InstallationRow extends StoredCurrency {
  /** 1 if an operator has stated the decimals, because they deviate from ISO 4217. */
  readonly confirmed: number;
}

/**
 * Returns the currency of the database's amounts. The first start stores it; while no amount is stored, a
 * later start with another currency replaces it.
 * @throws StartError if amounts are stored and the configured currency, or its decimals, are not those of the
 * amounts
 */
export function storeCurrency(
  transactions: TransactionRunner,
  code: string,
): Promise<StoredCurrency> {
  const wanted = { code, decimals: currencyDecimals(code) };
  return transactions.run((tx) => reconcileCurrency(tx, wanted));
}

async function reconcileCurrency(tx: Tx, wanted: StoredCurrency): Promise<StoredCurrency> {
  // Read without a lock or a write: a start on a read-only database must still succeed.
  const found = await readRow(tx);
  if (
    found &&
    found.code === wanted.code &&
    (found.confirmed || found.decimals === wanted.decimals)
  ) {
    return { code: found.code, decimals: found.decimals };
  }
  const hasAmounts = await storesAmounts(tx);
  if (hasAmounts && found) throw new StartError(explainDifference(found, wanted));
  // Before this table existed, the decimals came from the data of the Node release in use.
  if (hasAmounts && hadOtherDecimals(wanted)) throw new StartError(explainUnknown(wanted));
  await writeRow(tx, { ...wanted, confirmed: 0 });
  return wanted;
}

/**
 * Records the decimals in which the database's amounts are stored, for amounts that an earlier
 * version stored with decimals other than those of ISO 4217. Changes no amount.
 */
export function confirmDecimals(
  transactions: TransactionRunner,
  { code, decimals }: StoredCurrency,
): Promise<void> {
  return transactions.run(async (tx) => {
    const found = await readRow(tx);
    if (found && found.code !== code)
      throw new StartError(explainDifference(found, { code, decimals }));
    if (found && found.decimals !== decimals && (await storesAmounts(tx))) {
      throw new StartError(
        `The amounts in the database are already recorded with ${found.decimals} decimals`,
      );
    }
    await writeRow(tx, { code, decimals, confirmed: 1 });
  });
}

async function readRow(tx: Tx): Promise<InstallationRow | undefined> {
  const [row] = await tx.sql<InstallationRow[]>`
    SELECT currency AS code, currency_decimals AS decimals, decimals_confirmed AS confirmed
    FROM installation WHERE id = 1`;
  return row;
}

async function writeRow(tx: Tx, { code, decimals, confirmed }: InstallationRow): Promise<void> {
  await tx.sql`
    INSERT INTO installation (id, currency, currency_decimals, decimals_confirmed)
    VALUES (1, ${code}, ${decimals}, ${confirmed})
    ON CONFLICT (id) DO UPDATE SET currency = excluded.currency,
      currency_decimals = excluded.currency_decimals, decimals_confirmed = excluded.decimals_confirmed`;
}

/** Every stored amount belongs to a lot or a reservation, or is in the audit entry of a lot. */
async function storesAmounts(tx: Tx): Promise<boolean> {
  const rows = await tx.sql<{ found: number }[]>`
    SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM lots) OR EXISTS (SELECT 1 FROM reservations)
      OR EXISTS (SELECT 1 FROM audit_log WHERE target_type = 'lot')`;
  return rows.length > 0;
}

/**
 * Currencies that have other decimals than in ISO 4217 in some supported Node release (CLDR 42 to 48).
 * Amounts of an earlier version may have been stored with either number of decimals.
 */
const VARIED_IN_NODE: ReadonlySet<string> = new Set(
  'AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR RSD SLL SOS SYP UYW YER'.split(' '),
);

/** Whether an earlier version may have stored amounts with decimals other than those of ISO 4217. */
function hadOtherDecimals({ code, decimals }: StoredCurrency): boolean {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: code });
  return VARIED_IN_NODE.has(code) || format.resolvedOptions().maximumFractionDigits !== decimals;
}

function explainDifference(found: StoredCurrency, wanted: StoredCurrency): string {
  return found.code === wanted.code
    ? `The amounts in the database have ${found.decimals} decimals, and ISO 4217 gives ${wanted.code} ` +
        `${wanted.decimals}: run npm run currency:decimals -- ${found.decimals} once to keep them`
    : `CURRENCY is ${wanted.code}, but the amounts in the database are in ${found.code}: ` +
        `set CURRENCY=${found.code}, or use another database for ${wanted.code}`;
}

function explainUnknown({ code, decimals }: StoredCurrency): string {
  return (
    `The amounts in the database are from a version whose decimals for ${code} depended on the ` +
    `release of Node.js, and ISO 4217 gives it ${decimals}: run npm run currency:decimals -- N once, ` +
    'with N = 0 if the stored lots.price_per_hour of a lot at 5000 is 5000, or 2 if it is 500000 ' +
    '(docs/currency.md)'
  );
}
