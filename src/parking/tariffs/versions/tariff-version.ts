import { StoredByLaterVersion } from '../../../platform/errors/coded-error.js';
import type { AppliedTariff, Tariff } from '../tariff.js';

/**
 * The stored end of a version that has no end yet. It is a number, so that one condition finds the
 * current version.
 */
export const NO_END = Number.MAX_SAFE_INTEGER;

/**
 * A version of a lot's tariff. Only its end can change. It applies from `validFrom` until
 * `endsAt`, so at most one version of a lot applies at any moment. A pending version that is
 * withdrawn ends when it begins: it never applies, and no list shows it.
 */
export interface TariffVersion extends AppliedTariff {
  readonly id: number;
  readonly lotId: number;
  /** Counts from 1 per lot; a number is never used twice. */
  readonly version: number;
  /** In ms since 1970 UTC. */
  readonly validFrom: number;
  /** In ms since 1970 UTC; null if no end is known. */
  readonly endsAt: number | null;
  /** IANA name: the lot's zone when the version was set. */
  readonly timeZone: string;
  readonly tariff: Tariff;
}

/** Version of the stored shape. If the shape changes, increase it, and let {@link decodeTariff} read older shapes. */
const SHAPE = 1;

/** Serializes a tariff for its row. */
export function encodeTariff(tariff: Tariff): string {
  return JSON.stringify({ v: SHAPE, ...tariff });
}

/** @throws StoredByLaterVersion if a later version of the program has stored another shape */
export function decodeTariff(content: string): Tariff {
  const { v, ...tariff } = JSON.parse(content) as Tariff & { readonly v: number };
  if (v > SHAPE) throw new StoredByLaterVersion('tariff');
  return tariff;
}
