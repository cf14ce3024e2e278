import type { Tx } from '../../platform/database/tx.js';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { ImportContext, Progress } from './context.js';
import { Report } from './report/report.js';
import { AccountNames } from './rules/account-names.js';
import { ActiveBookings } from './rules/active-bookings.js';
import type { FlaskFile } from './source/flask-file.js';
import { IS_ACTIVE } from './source/rows.js';
import { auditImport } from './steps/audit.js';
import { addGoneDrivers, importAccounts } from './steps/accounts.js';
import { makeRoom, refuseNonEmpty } from './steps/admins.js';
import { Drivers } from './steps/drivers.js';
import { importParking } from './steps/parking.js';
import { closePastRuns, type PastRun } from './steps/past-runs.js';
import { readParking } from './steps/read-parking.js';
import { importReservations } from './steps/reservations.js';

export interface FlaskImport {
  readonly file: FlaskFile;
  readonly transactions: TransactionRunner;
  /** Whom VPMS would make at its first start. */
  readonly firstAdmin: { readonly username: string; readonly email: string };
  readonly now: Date;
  /** What the Flask VPMS has sent already: the program must not make up for it. */
  readonly pastRuns: readonly PastRun[];
  /** Of the currency. */
  readonly decimals: number;
  readonly progress: Progress;
}

/**
 * Brings the accounts, lots, spots and bookings of a Flask VPMS into an empty VPMS database, in one
 * transaction (docs/moving-from-flask.md has the rules).
 * @throws ImportRefused where the file cannot be read to its end, or the database is not empty;
 * nothing is written then.
 */
export async function importFlask(order: FlaskImport): Promise<Report> {
  try {
    return await order.transactions.run((tx) => importFile(tx, order));
  } catch (error) {
    throw order.file.explain(error);
  }
}

async function importFile(
  tx: Tx,
  { file, progress, now, pastRuns, decimals, firstAdmin }: FlaskImport,
): Promise<Report> {
  await refuseNonEmpty(tx);
  const report = new Report();
  const context: ImportContext = { file, report, progress, now: now.getTime(), decimals };
  const names = new AccountNames();
  const drivers = new Drivers(file);
  await makeRoom(tx, {
    hasAdmin: drivers.hasAdmin,
    firstAdmin,
    names,
    isTaken: (id) => drivers.isTaken(id),
    nextId: () => drivers.nextId(),
    remark: (text) => report.remarks.push(text),
  });
  drivers.claimNames(names);
  await importAccounts(tx, { context, names });
  await addGoneDrivers(tx, { context, names }, drivers.gone);

  const parking = readParking(context);
  const spots = new Set([...parking.spotsOfLot.values()].flat().map(({ id }) => id));
  const known = { spots, accounts: drivers.known };
  const active = new ActiveBookings(file.rows('reservations', IS_ACTIVE), known);
  const written = await importParking(tx, parking, { context, occupied: active.occupied });
  await importReservations(tx, { context, active, parking: written, drivers });
  await closePastRuns(tx, pastRuns, now);
  await auditImport(tx, report, now);
  return report;
}
