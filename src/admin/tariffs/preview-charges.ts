import { setImmediate } from 'node:timers/promises';
import { mapCharge } from '../../api-models/tariffs/charge.dto.js';
import { ValidationFailed } from '../../platform/errors/coded-error.js';
import type { Currency } from '../../platform/money/money.js';
import type { Stay } from '../../parking/tariffs/evaluation/charge.js';
import { chargeWithin } from '../../parking/tariffs/evaluation/charge-within.js';
import type { Charge } from '../../parking/tariffs/evaluation/line.js';
import type { AppliedTariff } from '../../parking/tariffs/tariff.js';

/** Maximum number of lines of all charges together, about 4 MB of JSON. */
const MAX_LINES = 20_000;
/** Lines that are serialized at once, in about half a millisecond. */
const BATCH = 250;

interface Preview {
  readonly applied: AppliedTariff;
  readonly stays: readonly Stay[];
  readonly currency: Currency;
}

/**
 * Charges each stay, and serializes the charges as a JSON array. Yields to other work every few
 * milliseconds.
 * @throws ValidationFailed if the charges together have more than 20,000 lines or changes of rate
 */
export async function previewCharges({ applied, stays, currency }: Preview): Promise<Buffer> {
  const parts: Buffer[] = [];
  let linesLeft = MAX_LINES;
  for (const [index, stay] of stays.entries()) {
    const charge = await chargeWithin(linesLeft, applied.tariff, stay);
    if (!charge) throw tooManyLines(`stays[${index}]`);
    linesLeft -= charge.lines.length;
    parts.push(Buffer.from(index === 0 ? '[' : ','));
    parts.push(...(await serialize({ stay, charge, applied }, currency)));
  }
  return Buffer.concat([...parts, Buffer.from(']')]);
}

async function serialize(
  charged: Parameters<typeof mapCharge>[0],
  currency: Currency,
): Promise<readonly Buffer[]> {
  const withLines = (lines: Charge['lines']) =>
    mapCharge({ ...charged, charge: { ...charged.charge, lines } }, currency);
  const { lines } = charged.charge;
  // JSON.stringify omits the undefined lines; they are appended in batches.
  const charge = JSON.stringify({ ...withLines([]), lines: undefined });
  const parts = [Buffer.from(`${charge.slice(0, -1)},"lines":`)];
  for (let start = 0; start < lines.length; start += BATCH) {
    if (start > 0) await setImmediate();
    const batch = withLines(lines.slice(start, start + BATCH)).lines;
    const text = JSON.stringify(batch).slice(1, -1);
    parts.push(Buffer.from(start === 0 ? `[${text}` : `,${text}`));
  }
  return [...parts, Buffer.from(']}')];
}

function tooManyLines(field: string): ValidationFailed {
  const message = `${field} has too many changes of rate: all charges together may have at most ${MAX_LINES} lines`;
  return new ValidationFailed([{ field, message }]);
}
