import { sumPastHours } from '../../jobs/hourly-sums.js';
import type { Tx } from '../../platform/database/tx.js';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { ImportContext, Progress } from './context.js';
import { Report } from './report/report.js';
import { AccountNames } from './rules/account-names.js';
import { ActiveBookings } from './rules/active-bookings.js';
import type { FlaskFile } from './source/flask-file.js';
import { IS_ACTIVE } from './source/rows.js';
import { auditImport } from './steps/audit.js';
import { addMissingDrivers, importAccounts } from './steps/accounts.js';
import { resolveExistingAdmins, assertEmptyDatabase } from './steps/admins.js';
import { Drivers } from './steps/drivers.js';
import { importParking } from './steps/parking.js';
import { closePastRuns, type PastRun } from './steps/past-runs.js';
import { readParking } from './steps/read-parking.js';
import { importReservations } from './steps/reservations.js';

export interface ImportOptions {
  readonly file: FlaskFile;
  readonly transactions: TransactionRunner;
  /** The admin that the first start of VPMS would create. */
  readonly firstAdmin: { readonly username: string; readonly email: string };
  readonly now: Date;
  /** Job runs that the Flask VPMS has already completed; VPMS must not run them again. */
  readonly pastRuns: readonly PastRun[];
  /** Decimals of the currency. */
  readonly decimals: number;
  readonly progress: Progress;
}

/**
 * Imports the accounts, lots, spots and bookings of a Flask VPMS into an empty VPMS database, in one
 * transaction. docs/moving-from-flask.md lists the rules.
 * @throws ImportRefused if the file cannot be read completely or the database is not empty; nothing is
 * written in these cases.
 */
export async function importFlask(options: ImportOptions): Promise<Report> {
  try {
    return await options.transactions.run((tx) => importFile(tx, options));
  } catch (error) {
    throw options.file.explain(error);
  }
}

async function importFile(
  tx: Tx,
  { file, progress, now, pastRuns, decimals, firstAdmin }: ImportOptions,
): Promise<Report> {
  await assertEmptyDatabase(tx);
  const report = new Report();
  const context: ImportContext = { file, report, progress, now: now.getTime(), decimals };
  const names = new AccountNames();
  const drivers = new Drivers(file);
  await resolveExistingAdmins(tx, {
    hasAdmin: drivers.hasAdmin,
    firstAdmin,
    names,
    isTaken: (id) => drivers.isTaken(id),
    nextId: () => drivers.nextId(),
    remark: (text) => report.remarks.push(text),
  });
  drivers.assignNames(names);
  await importAccounts(tx, { context, names });
  await addMissingDrivers(tx, { context, names }, drivers.missing);

  const parking = readParking(context);
  const spots = new Set([...parking.spotsOfLot.values()].flat().map(({ id }) => id));
  const known = { spots, accounts: drivers.known };
  const active = new ActiveBookings(file.rows('reservations', IS_ACTIVE), known);
  const written = await importParking(tx, parking, { context, occupied: active.occupied });
  await importReservations(tx, { context, active, parking: written, drivers });
  await closePastRuns(tx, pastRuns, now);
  await auditImport(tx, report, now);
  await sumPastHours(tx);
  return report;
}
