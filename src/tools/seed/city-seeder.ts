import { Injectable } from '@nestjs/common';
import { AccountsService } from '../../auth/accounts/accounts.service.js';
import { insertAccounts } from '../../auth/accounts/insert-accounts.js';
import { Passwords } from '../../auth/passwords/passwords.js';
import { chunk } from '../../platform/database/bulk/chunk.js';
import { Configuration } from '../../platform/config/configuration.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { describeDatabase } from '../../platform/database/describe-database.js';
import { sumPastHours } from '../../jobs/hourly-sums.js';
import { insertLots, insertSpots, openLots } from '../../parking/bulk/insert-lots.js';
import { insertReservations } from '../../parking/bulk/insert-reservations.js';
import { insertTariffs } from '../../parking/bulk/insert-tariffs.js';
import { ParkedCars, simulateFuture, simulateUnused } from './city/ahead.js';
import { type CityTraffic, simulateBookings } from './city/bookings.js';
import { bookingFields, tariffRows } from './city-rows.js';
import {
  ROWS_PER_TRANSACTION,
  writeAhead,
  type WrittenLot,
  type WrittenRows,
} from './write-ahead.js';
import { makeCity } from './city/city.js';
import type { CityDriver } from './city/drivers.js';
import { type CityLot, priceAt } from './city/lots.js';
import type { SeedFlags } from './flags.js';
import { Currency } from '../../platform/money/money.js';
import { ThrottledWriter } from './throttled-writer.js';
import type { Progress } from './progress.js';
import { SeedRefused } from './seed-refused.js';
import { isInUse, readTakenNames } from './taken-names.js';

/** The password of all sample drivers, so that anyone can log in as one of them. */
export const SAMPLE_PASSWORD = 'vpms-sample';

export interface SeedResult {
  readonly lots: number;
  readonly spots: number;
  readonly drivers: number;
  readonly bookings: number;
  readonly active: number;
  /** Holds and reservations after the history. */
  readonly future: number;
  /** Username of a driver with past bookings and no active one. */
  readonly sampleDriver: string;
}

/** Writes a sample city into the database. After each transaction, the rows satisfy all rules of VPMS. */
@Injectable()
export class CitySeeder {
  constructor(
    private readonly database: ReadDatabase,
    private readonly accounts: AccountsService,
    private readonly passwords: Passwords,
    private readonly configuration: Configuration,
    private readonly currency: Currency,
    private readonly writer: ThrottledWriter,
  ) {}

  /** @throws SeedRefused if the database is not empty and `--append` is missing. */
  async seed(flags: SeedFlags, progress: Progress): Promise<SeedResult> {
    const { adminUsername, adminEmail, adminPassword, timezone } = this.configuration;
    if (!flags.append && (await isInUse(this.database))) {
      throw new SeedRefused(
        `The database (${describeDatabase(this.configuration)}) is not empty; --append adds the city to its contents.`,
      );
    }
    await this.writer.tuneForBulkWrites();
    await this.accounts.ensureAdmin({
      username: adminUsername,
      email: adminEmail,
      password: adminPassword,
    });
    const takenNames = await readTakenNames(this.database);
    const city = makeCity(flags, { timezone, currency: this.currency, takenNames });

    const driverIds = await this.writeDrivers(city.drivers, progress);
    const lots = await this.writeLots(city, progress);
    const written = { driverIds, lots, progress };
    const { cars, ...bookings } = await this.writeBookings(city, written);
    const unused = { step: 'Unused bookings', bookings: simulateUnused(city) };
    await writeAhead(this.writer, unused, written);
    const ahead = { step: 'Future bookings', bookings: simulateFuture(city, cars) };
    const future = await writeAhead(this.writer, ahead, written);
    // Open the lots last, so that no driver books a spot that the history still needs.
    const lotIds = lots.map(({ id }) => id);
    await this.writer.writeDurably(async (tx) => {
      await openLots(tx, lotIds);
      await sumPastHours(tx);
    });
    return {
      ...bookings,
      future,
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
  ): Promise<readonly WrittenLot[]> {
    const made: WrittenLot[] = [];
    for (const lot of lots) {
      made.push(await this.writeLot(lot, until));
      progress.show('Lots', made.length, made.length / lots.length);
    }
    return made;
  }

  /** Inserts the lot as retired; it is opened when all its bookings are written. */
  private writeLot(lot: CityLot, until: number): Promise<WrittenLot> {
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
      if (id === undefined) throw new Error('Inserting a lot returned no id');
      const spots = Array.from({ length: numberOfSpots }, (_, index) => ({
        lotId: id,
        number: index + 1,
        createdAt,
        retiredAt: null,
      }));
      const tariffs = tariffRows(lot, id, this.configuration.timezone);
      const tariffIds = tariffs.length > 0 ? await insertTariffs(tx, tariffs) : [];
      return { id, spotIds: await insertSpots(tx, spots), tariffIds };
    });
  }

  private async writeBookings(
    city: CityTraffic,
    { driverIds, lots, progress }: WrittenRows,
  ): Promise<WrittenBookings> {
    const { start, until } = city.history;
    let written = 0;
    const cars = new ParkedCars();
    const driversWithHistory = new Set<number>();
    for (const batch of chunk(simulateBookings(city), ROWS_PER_TRANSACTION)) {
      const rows = batch.map((booking) => ({
        spotId: lots[booking.lot]?.spotIds[booking.spotNumber - 1] ?? 0,
        lotId: lots[booking.lot]?.id ?? 0,
        userId: driverIds[booking.driver] ?? 0,
        tariffId: lots[booking.lot]?.tariffIds[booking.price] ?? null,
        ...bookingFields(booking),
        createdAt: booking.parkedAt,
        updatedAt: booking.leftAt ?? booking.parkedAt,
      }));
      await this.writer.write((tx) => insertReservations(tx, rows));
      written += rows.length;
      for (const booking of batch) {
        if (booking.leftAt === null) cars.add(booking);
        else driversWithHistory.add(booking.driver);
      }
      const reached = batch.at(-1)?.parkedAt ?? start;
      progress.show('Bookings', written, Math.min(0.99, (reached - start) / (until - start)));
    }
    progress.show('Bookings', written, 1);
    const sample = city.drivers.find(
      (_, driver) => driversWithHistory.has(driver) && !cars.drivers.has(driver),
    );
    const sampleDriver = (sample ?? city.drivers[0])?.username ?? '';
    return { bookings: written, active: cars.drivers.size, sampleDriver, cars };
  }
}

interface WrittenBookings extends Pick<SeedResult, 'bookings' | 'active' | 'sampleDriver'> {
  readonly cars: ParkedCars;
}
