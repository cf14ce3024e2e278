import { Injectable } from '@nestjs/common';
import type { Queryable } from '../../platform/database/queryable.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { part } from '../../platform/database/sql/sql.js';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Tx } from '../../platform/database/tx.js';
import { Clock } from '../../platform/time/clock.js';
import { PlateTaken, TooManyVehicles, VehicleNotFound } from './errors.js';
import { lockDriver } from '../locked-driver.js';
import { plateKey } from './plate.js';

/** Maximum number of vehicles of one account. */
export const MAX_VEHICLES = 20;

/** A vehicle of a driver; instants in ms. */
export interface Vehicle {
  readonly id: number;
  /** The plate as the driver typed it. */
  readonly plate: string;
  readonly label: string | null;
  /** Whether gates open for the plate; true in at most one of the accounts that have a vehicle with the plate. */
  readonly opensGates: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type VehicleFields = Pick<Vehicle, 'plate' | 'label' | 'opensGates'>;

type VehicleRow = Omit<Vehicle, 'opensGates'> & { readonly opensGates: number };

/** The id of a vehicle of the driver, or a plate. If both are missing, the booking has no plate. */
export interface VehicleChoice {
  readonly vehicleId?: number;
  readonly vehicleNumber?: string;
}

/** The vehicles that drivers have added to their accounts. */
@Injectable()
export class VehiclesService {
  constructor(
    private readonly database: ReadDatabase,
    private readonly clock: Clock,
  ) {}

  /** The driver's vehicles, by id. At most {@link MAX_VEHICLES}. */
  list(userId: number): Promise<Vehicle[]> {
    return readVehicles(this.database, userId);
  }

  /** @throws TooManyVehicles | PlateTaken */
  add(transactions: TransactionRunner, userId: number, fields: VehicleFields): Promise<Vehicle> {
    return transactions.run(async (tx) => {
      await lockDriver(tx, userId);
      const vehicles = await readVehicles(tx, userId);
      if (vehicles.length >= MAX_VEHICLES) throw new TooManyVehicles(MAX_VEHICLES);
      const now = this.clock.now().getTime();
      const added = { ...fields, createdAt: now, updatedAt: now };
      return { id: await insert(tx, userId, added), ...added };
    });
  }

  /** Changes the given fields. @throws VehicleNotFound | PlateTaken */
  change(
    transactions: TransactionRunner,
    { userId, id }: { readonly userId: number; readonly id: number },
    changes: Partial<VehicleFields>,
  ): Promise<Vehicle> {
    return transactions.run(async (tx) => {
      const before = await lockOne(tx, userId, id);
      const after = { ...before, ...changes, updatedAt: this.clock.now().getTime() };
      // The row is deleted and inserted again, because an insert waits for another transaction that
      // stores the same plate.
      await tx.sql`DELETE FROM vehicles WHERE id = ${id}`;
      await insert(tx, userId, after, id);
      return after;
    });
  }

  /** @throws VehicleNotFound */
  async remove(
    transactions: TransactionRunner,
    { userId, id }: { readonly userId: number; readonly id: number },
  ): Promise<void> {
    await transactions.run(async (tx) => {
      await lockOne(tx, userId, id);
      await tx.sql`DELETE FROM vehicles WHERE id = ${id}`;
    });
  }
}

/** The plate that the driver chose for a booking; undefined if none was chosen. @throws VehicleNotFound */
export async function chosenPlate(
  source: Queryable,
  userId: number,
  { vehicleId, vehicleNumber }: VehicleChoice,
): Promise<string | undefined> {
  if (vehicleId === undefined) return vehicleNumber;
  return (await findVehicle(source, userId, vehicleId)).plate;
}

/** The driver's vehicles, by id. */
export async function readVehicles(source: Queryable, userId: number): Promise<Vehicle[]> {
  const rows = await source.sql<VehicleRow[]>`
    SELECT id, plate, label, opens_gates AS "opensGates", created_at AS "createdAt",
      updated_at AS "updatedAt"
    FROM vehicles WHERE user_id = ${userId}`;
  // Sorted here, because there are few vehicles, and no other query would use an index in the order
  // of the ids.
  return rows
    .map((row) => ({ ...row, opensGates: row.opensGates === 1 }))
    .toSorted((one, other) => one.id - other.id);
}

async function findVehicle(source: Queryable, userId: number, id: number): Promise<Vehicle> {
  const vehicle = (await readVehicles(source, userId)).find((each) => each.id === id);
  if (!vehicle) throw new VehicleNotFound(id);
  return vehicle;
}

async function lockOne(tx: Tx, userId: number, id: number): Promise<Vehicle> {
  await lockDriver(tx, userId);
  return findVehicle(tx, userId, id);
}

/** Inserts the vehicle, with the id or a new one, and returns its id. @throws PlateTaken */
async function insert(
  tx: Tx,
  userId: number,
  { plate, label, opensGates, createdAt, updatedAt }: Omit<Vehicle, 'id'>,
  id?: number,
): Promise<number> {
  const columns = part`user_id, plate, plate_key, label, opens_gates, created_at, updated_at`;
  const values = part`${userId}, ${plate}, ${plateKey(plate)}, ${label}, ${opensGates ? 1 : 0},
    ${createdAt}, ${updatedAt}`;
  const [row] =
    id === undefined
      ? await tx.sql<{ id: number }[]>`
          INSERT INTO vehicles (${columns}) VALUES (${values})
          ON CONFLICT DO NOTHING RETURNING id`
      : await tx.sql<{ id: number }[]>`
          INSERT INTO vehicles (id, ${columns}) VALUES (${id}, ${values})
          ON CONFLICT DO NOTHING RETURNING id`;
  if (!row) throw new PlateTaken(plate);
  return row.id;
}
