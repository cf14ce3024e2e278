interface Bar {
  /** Day of the month; 1 is the first. */
  readonly day: number;
  readonly amount: string;
  /** Whole percent of the highest bar, at least 1. */
  readonly percent: number;
}

/**
 * Content of the template's table: a row with a bar for each day with a charge. It is a table and
 * not SVG, because mail clients remove SVG elements but keep the text in them.
 */
export interface SpendingChart {
  /** The chart in one sentence. */
  readonly summary: string;
  readonly bars: readonly Bar[];
}

/** Spending by day; `money` formats minor units. */
export function spendingChart(
  days: readonly number[],
  money: (minor: number) => string,
): SpendingChart {
  const maximum = Math.max(...days, 0);
  const bars = days
    .map((spent, index) => ({ day: index + 1, spent }))
    .filter(({ spent }) => spent > 0)
    .map(({ day, spent }) => ({
      day,
      amount: money(spent),
      percent: Math.max(Math.round((spent / maximum) * 100), 1),
    }));
  const peak = days.indexOf(maximum) + 1;
  const summary = maximum === 0 ? 'Nothing was paid.' : `Most on day ${peak}: ${money(maximum)}.`;
  return { summary, bars };
}
