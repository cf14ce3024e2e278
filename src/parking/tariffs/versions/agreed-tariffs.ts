import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Configuration } from '../../../platform/config/configuration.js';
import type { Queryable } from '../../../platform/database/queryable.js';
import { LotNotFound } from '../../errors.js';
import { type AppliedTariff, hourlyTariff } from '../tariff.js';
import { findVersion, findVersionsAt } from './tariff-queries.js';
import type { TariffVersion } from './tariff-version.js';

/** A tariff with up to 20 rates and 366 dates each is at most 100 kB, an ordinary one 1 kB. */
const MAX_CACHED = 500;

/** The tariff that a stay is charged by, and the zone in which its times are local. */
export interface AgreedTariff extends AppliedTariff {
  /** IANA name. */
  readonly timeZone: string;
}

/** What determines the tariff of a booking. */
export interface Agreement {
  /** The version agreed at booking; null for the hourly price. */
  readonly tariffId: number | null;
  /** In minor units. */
  readonly pricePerHour: number;
  /** The lot's time zone; null for the installation's. */
  readonly lotTimeZone: string | null;
}

/** Finds the tariff by which a stay is charged. */
@Injectable()
export class AgreedTariffs {
  /** Versions by id. A cached version stays valid: only its end can change, and the end is not cached. */
  private readonly versions = new LRUCache<number, AgreedTariff>({ max: MAX_CACHED });

  constructor(private readonly configuration: Configuration) {}

  /** The tariff of a booking. Runs at most one statement, and none for a version that was used recently. */
  async ofBooking(source: Queryable, agreement: Agreement): Promise<AgreedTariff> {
    const { tariffId, pricePerHour, lotTimeZone } = agreement;
    if (tariffId === null) return this.hourly(pricePerHour, lotTimeZone);
    const cached = this.versions.get(tariffId);
    if (cached) return cached;
    const version = await findVersion(source, tariffId);
    if (!version) throw new Error(`A booking refers to the missing tariff ${tariffId}`);
    const { id, version: number, tariff, timeZone } = version;
    const agreed = { id, version: number, tariff, timeZone };
    this.versions.set(tariffId, agreed);
    return agreed;
  }

  /**
   * What applies to the lot at the instant (ms): its current version, or its hourly price.
   * @throws LotNotFound
   */
  async ofLot(source: Queryable, lotId: number, at: number): Promise<AgreedTariff | TariffVersion> {
    const [lot] = await source.sql<{ pricePerHour: number; timeZone: string | null }[]>`
      SELECT price_per_hour AS "pricePerHour", time_zone AS "timeZone"
      FROM lots WHERE id = ${lotId} AND retired_at IS NULL`;
    if (!lot) throw new LotNotFound(lotId);
    const { current } = await findVersionsAt(source, lotId, at);
    return current ?? this.hourly(lot.pricePerHour, lot.timeZone);
  }

  private hourly(pricePerHour: number, lotTimeZone: string | null): AgreedTariff {
    return {
      id: null,
      version: null,
      tariff: hourlyTariff(pricePerHour),
      timeZone: lotTimeZone ?? this.configuration.timezone,
    };
  }
}
