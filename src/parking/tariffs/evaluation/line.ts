export const LINE_KINDS = [
  'grace',
  'units',
  'flat',
  'cap',
  'minimum',
  'fee',
  'carried_over',
] as const;
export type LineKind = (typeof LINE_KINDS)[number];

/** A line of a receipt. Instants in milliseconds, amounts in minor units. */
export interface Line {
  readonly kind: LineKind;
  /** The name of the rate; null on lines of other kinds. */
  readonly rate: string | null;
  readonly from: number;
  /** For units, the end of the last one, which may be after the stay. */
  readonly until: number;
  readonly units: number | null;
  readonly per_minutes: number | null;
  readonly unit_price: number | null;
  readonly amount: number;
}

export interface Charge {
  readonly lines: readonly Line[];
  /** The sum of the lines. */
  readonly total: number;
  /** The part of the total that is tax, rounded half up. */
  readonly tax: number;
}

/** Returns a line of a kind that has no rate and no units. */
export function lineWithoutUnits(
  kind: LineKind,
  { from, until, amount }: Pick<Line, 'from' | 'until' | 'amount'>,
): Line {
  return {
    kind,
    rate: null,
    from,
    until,
    units: null,
    per_minutes: null,
    unit_price: null,
    amount,
  };
}
