import { DateTime } from 'luxon';
import { loadTemplate } from '../../platform/messaging/templates.js';
import type { Currency } from '../../platform/money/money.js';
import type { Receipt } from '../../parking/reservations/pricing/receipts.service.js';
import type { Line, LineKind } from '../../parking/tariffs/evaluation/line.js';

interface PrintedLine {
  readonly title: string;
  /** The number and price of the units, and the period of the line. */
  readonly details: readonly string[];
  readonly amount: string;
}

interface ReceiptContext {
  readonly number: string;
  readonly issuedAt: string;
  readonly lotName: string;
  readonly address: string;
  readonly spotNumber: number;
  readonly driver: string;
  readonly vehicleNumber: string | null;
  readonly from: string;
  readonly until: string;
  readonly tariff: string;
  readonly currency: string;
  readonly lines: readonly PrintedLine[];
  readonly isGrouped: boolean;
  readonly total: string;
  /** Null without tax. */
  readonly tax: string | null;
  readonly taxPercent: number;
  readonly timeZone: string;
}

const html = loadTemplate<ReceiptContext>('./receipt.html.hbs', import.meta.url);

/**
 * Number of lines that fit on one A4 sheet below the longest names. If there are more, they are
 * combined into at most 24 shorter lines.
 */
const MAX_LINES = 14;

const DATE_TIME = 'ccc d LLL yyyy, HH:mm';

/** Titles of the lines that belong to no rate. */
const TITLES: Readonly<Record<LineKind, string>> = {
  grace: 'Within the free period',
  units: 'Parking',
  flat: 'Parking',
  cap: 'Reduction to the maximum',
  minimum: 'Minimum charge',
  fee: 'Fee',
  carried_over: 'Carried over from the previous system',
};

/** The receipt as one self-contained page that prints on one A4 sheet. */
export function receiptPage(receipt: Receipt, currency: Currency): string {
  const { charge, stay, applied } = receipt;
  const { tariff } = applied;
  const local = (instant: number) =>
    DateTime.fromMillis(instant, { zone: stay.timeZone, locale: 'en' });
  const time = (instant: number) => local(instant).toFormat(DATE_TIME);
  const isGrouped = charge.lines.length > MAX_LINES;
  const lines = isGrouped ? addUp(charge.lines) : charge.lines;
  return html({
    number: receipt.number,
    issuedAt: time(receipt.issuedAt),
    lotName: receipt.lotName,
    address: receipt.address,
    spotNumber: receipt.spotNumber,
    driver: receipt.driver,
    vehicleNumber: receipt.vehicleNumber,
    from: time(stay.from),
    until: time(stay.until),
    tariff: applied.version === null ? tariff.name : `${tariff.name}, version ${applied.version}`,
    currency: currency.code,
    lines: lines.map((line) => ({
      title: line.rate ?? TITLES[line.kind],
      details: [
        ...quantityOf(line, currency),
        ...(isGrouped ? [] : [periodText(local(line.from), local(line.until))]),
      ],
      amount: currency.format(line.amount),
    })),
    isGrouped,
    total: currency.format(charge.total),
    tax: charge.tax > 0 ? currency.format(charge.tax) : null,
    taxPercent: tariff.tax_basis_points / 100,
    timeZone: `${stay.timeZone} (UTC${local(stay.until).toFormat('ZZ')})`,
  });
}

/** Such as `3 × 30 min at 20.00`; empty if the line has no units. */
function quantityOf({ units, per_minutes, unit_price }: Line, currency: Currency): string[] {
  if (units === null || unit_price === null) return [];
  const price = currency.format(unit_price);
  return [
    per_minutes === null ? `${units} × ${price}` : `${units} × ${per_minutes} min at ${price}`,
  ];
}

function periodText(from: DateTime, until: DateTime): string {
  const isOneDay = from.hasSame(until, 'day');
  return `${from.toFormat(DATE_TIME)} to ${until.toFormat(isOneDay ? 'HH:mm' : DATE_TIME)}`;
}

/** Adds up the lines of each rate, and of each kind without a rate, in the order of their first lines. */
function addUp(lines: readonly Line[]): readonly Line[] {
  const sums = new Map<string, Line>();
  for (const line of lines) {
    const key = JSON.stringify([line.kind, line.rate, line.per_minutes, line.unit_price]);
    const sum = sums.get(key);
    const units = line.units === null ? null : line.units + (sum?.units ?? 0);
    const amount = line.amount + (sum?.amount ?? 0);
    sums.set(key, { ...(sum ?? line), until: line.until, units, amount });
  }
  return [...sums.values()];
}
