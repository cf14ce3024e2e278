import { Injectable } from '@nestjs/common';
import { AccountsService } from '../../auth/accounts/accounts.service.js';
import { insertAccounts } from '../../auth/accounts/insert-accounts.js';
import { Passwords } from '../../auth/passwords/passwords.js';
import { chunk } from '../../platform/database/bulk/chunk.js';
import { Configuration } from '../../platform/config/configuration.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { describeDatabase } from '../../platform/database/describe-database.js';
import { insertLots, insertSpots, openLots } from '../../parking/bulk/insert-lots.js';
import { insertReservations } from '../../parking/bulk/insert-reservations.js';
import { type CityBooking, type CityTraffic, playBookings } from './city/bookings.js';
import { makeCity } from './city/city.js';
import type { CityDriver } from './city/drivers.js';
import { type CityLot, priceAt } from './city/lots.js';
import type { SeedFlags } from './flags.js';
import { PatientWriter } from './throttled-writer.js';
import type { Progress } from './progress.js';
import { SeedRefused } from './seed-refused.js';
import { isInUse, readTakenNames } from './taken-names.js';

/** Of every driver that is made, so that anyone can log in as one. */
export const SAMPLE_PASSWORD = 'vpms-sample';

/** What was made. */
export interface Seeded {
  readonly lots: number;
  readonly spots: number;
  readonly drivers: number;
  readonly bookings: number;
  readonly active: number;
  /** Someone with past bookings who is free to book. */
  readonly sampleDriver: string;
}

interface MadeLot {
  readonly id: number;
  /** By number, from 1 on. */
  readonly spotIds: readonly number[];
}

/** Of one transaction: it holds the file's lock for some 10 ms. */
const ROWS_PER_TRANSACTION = 1_000;

/** Writes a city into the database. What it has written obeys every rule of the program at any moment. */
@Injectable()
export class CitySeeder {
  constructor(
    private readonly database: ReadDatabase,
    private readonly accounts: AccountsService,
    private readonly passwords: Passwords,
    private readonly configuration: Configuration,
    private readonly writer: PatientWriter,
  ) {}

  /** @throws SeedRefused where the database is in use, unless the flags say to append. */
  async seed(flags: SeedFlags, progress: Progress): Promise<Seeded> {
    const { adminUsername, adminEmail, adminPassword } = this.configuration;
    if (!flags.append && (await isInUse(this.database))) {
      throw new SeedRefused(
        `The database (${describeDatabase(this.configuration)}) is not empty; --append adds the city to what is there.`,
      );
    }
    await this.writer.prepare();
    await this.accounts.ensureAdmin({
      username: adminUsername,
      email: adminEmail,
      password: adminPassword,
    });
    const takenNames = await readTakenNames(this.database);
    const city = makeCity(flags, { ...this.configuration, takenNames });

    const driverIds = await this.writeDrivers(city.drivers, progress);
    const lots = await this.writeLots(city, progress);
    const bookings = await this.writeBookings(city, { driverIds, lots, progress });
    // Only now can others book there: nobody could take a spot that the history was to have.
    const lotIds = lots.map(({ id }) => id);
    await this.writer.writeDurably((tx) => openLots(tx, lotIds));
    return {
      ...bookings,
      lots: lots.length,
      spots: lots.reduce((sum, { spotIds }) => sum + spotIds.length, 0),
      drivers: driverIds.length,
    };
  }

  private async writeDrivers(
    drivers: readonly CityDriver[],
    progress: Progress,
  ): Promise<readonly number[]> {
    const passwordHash = await this.passwords.hash(SAMPLE_PASSWORD);
    const ids: number[] = [];
    while (ids.length < drivers.length) {
      const rows = drivers
        .slice(ids.length, ids.length + ROWS_PER_TRANSACTION)
        .map(({ username, email, createdAt }) => ({
          username,
          email,
          passwordHash,
          role: 'user' as const,
          createdAt,
          updatedAt: createdAt,
        }));
      ids.push(...(await this.writer.write((tx) => insertAccounts(tx, rows))));
      progress.show('Drivers', ids.length, ids.length / drivers.length);
    }
    return ids;
  }

  private async writeLots(
    { lots, history: { until } }: CityTraffic,
    progress: Progress,
  ): Promise<readonly MadeLot[]> {
    const made: MadeLot[] = [];
    for (const lot of lots) {
      made.push(await this.writeLot(lot, until));
      progress.show('Lots', made.length, made.length / lots.length);
    }
    return made;
  }

  /** Retired until all of its bookings are there. */
  private writeLot(lot: CityLot, until: number): Promise<MadeLot> {
    const { name, address, pinCode, numberOfSpots, createdAt } = lot;
    const row = {
      name,
      address,
      pinCode,
      numberOfSpots,
      createdAt,
      retiredAt: until,
      pricePerHour: priceAt(lot, until),
      updatedAt: lot.prices.at(-1)?.from ?? createdAt,
    };
    return this.writer.write(async (tx) => {
      const [id] = await insertLots(tx, [row]);
      if (id === undefined) throw new Error('The lot has no id');
      const spots = Array.from({ length: numberOfSpots }, (_, index) => ({
        lotId: id,
        number: index + 1,
        createdAt,
        retiredAt: null,
      }));
      return { id, spotIds: await insertSpots(tx, spots) };
    });
  }

  private async writeBookings(
    city: CityTraffic,
    { driverIds, lots, progress }: Written,
  ): Promise<Pick<Seeded, 'bookings' | 'active' | 'sampleDriver'>> {
    const { start, until } = city.history;
    let written = 0;
    const parked = new Set<number>();
    const booked = new Set<number>();
    for (const batch of chunk(playBookings(city), ROWS_PER_TRANSACTION)) {
      const rows = batch.map((booking) => ({
        spotId: lots[booking.lot]?.spotIds[booking.spotNumber - 1] ?? 0,
        lotId: lots[booking.lot]?.id ?? 0,
        userId: driverIds[booking.driver] ?? 0,
        ...pick(booking),
        createdAt: booking.parkedAt,
        updatedAt: booking.leftAt ?? booking.parkedAt,
      }));
      await this.writer.write((tx) => insertReservations(tx, rows));
      written += rows.length;
      for (const { driver, leftAt } of batch) (leftAt === null ? parked : booked).add(driver);
      const reached = batch.at(-1)?.parkedAt ?? start;
      progress.show('Bookings', written, Math.min(0.99, (reached - start) / (until - start)));
    }
    progress.show('Bookings', written, 1);
    const sample = city.drivers.find((_, driver) => booked.has(driver) && !parked.has(driver));
    const sampleDriver = (sample ?? city.drivers[0])?.username ?? '';
    return { bookings: written, active: parked.size, sampleDriver };
  }
}

interface Written {
  readonly driverIds: readonly number[];
  readonly lots: readonly MadeLot[];
  readonly progress: Progress;
}

function pick({ parkedAt, leftAt, pricePerHour, cost, vehicleNumber, remarks }: CityBooking) {
  return { parkedAt, leftAt, pricePerHour, cost, vehicleNumber, remarks };
}
