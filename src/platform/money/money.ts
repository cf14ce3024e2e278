/**
 * Converts a decimal number to minor units. Undefined if it has more decimals than the currency or
 * is too large to be exact. Works on the shortest decimal text of the number, so that 16.1 is 1610
 * and never 1610.0000000000002.
 */
export function toMinorUnits(amount: number, decimals: number): number | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(amount));
  const [, sign, whole = '', fraction = ''] = match ?? [];
  if (!match || fraction.length > decimals) return undefined;
  const minor = Number(sign + whole + fraction.padEnd(decimals, '0'));
  return Number.isSafeInteger(minor) ? minor : undefined;
}

/**
 * Converts a decimal number to minor units, rounding half up. Works on the shortest decimal text,
 * so that 2.675 is 268 with two decimals. Undefined if it is negative, not a number, or too large
 * to be exact.
 */
export function roundToMinorUnits(amount: number, decimals: number): number | undefined {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(amount));
  if (!match || amount > Number.MAX_SAFE_INTEGER) return undefined;
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const dropped = fraction.length - decimals - Number(exponent);
  const digits = BigInt(whole + fraction);
  const minor =
    dropped <= 0
      ? digits * 10n ** BigInt(-dropped)
      : (digits + 5n * 10n ** BigInt(dropped - 1)) / 10n ** BigInt(dropped);
  return minor <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(minor) : undefined;
}

/** Converts minor units to the decimal number of the API: 1250 is 12.5 with two decimals. */
export function fromMinorUnits(minor: number, decimals: number): number {
  return minor / 10 ** decimals;
}

/** Formats minor units with all of the currency's decimals: 5000 is `50.00` with two. */
export function formatMinorUnits(minor: number, decimals: number): string {
  const digits = String(Math.abs(minor)).padStart(decimals + 1, '0');
  const split = digits.length - decimals;
  const fraction = decimals > 0 ? `.${digits.slice(split)}` : '';
  return `${minor < 0 ? '-' : ''}${digits.slice(0, split)}${fraction}`;
}

/** The installation's currency. Inside the program, money is an integer of its minor units. */
export class Currency {
  /** @param code ISO 4217 code */
  constructor(
    readonly code: string,
    readonly decimals: number,
  ) {}

  /** See {@link toMinorUnits}. */
  toMinor(amount: number): number | undefined {
    return toMinorUnits(amount, this.decimals);
  }

  /** See {@link fromMinorUnits}. */
  fromMinor(minor: number): number {
    return fromMinorUnits(minor, this.decimals);
  }

  /** See {@link formatMinorUnits}. */
  format(minor: number): string {
    return formatMinorUnits(minor, this.decimals);
  }
}
