import { barsOverTime } from '../../../analytics/plots/plots.js';
import type { Markup } from '../../../platform/messaging/templates.js';
import type { Currency } from '../../../platform/money/money.js';

/**
 * Spending by day as SVG; undefined if nothing was paid.
 * @param month such as `2026-03`
 * @param days the spending on each day of the month, in minor units
 */
export async function spendingPlot(
  month: string,
  days: readonly number[],
  currency: Currency,
): Promise<Markup | undefined> {
  if (days.every((spent) => spent === 0)) return undefined;
  const bars = days.map((spent, index) => ({
    start: new Date(`${month}-${String(index + 1).padStart(2, '0')}`),
    value: currency.fromMinor(spent),
  }));
  const label = `Spending by day in ${currency.code}`;
  return barsOverTime(bars, { label, axis: currency.code, interval: 'day' });
}
