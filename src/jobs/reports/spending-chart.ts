/** In units of the drawing, which the page scales. */
const WIDTH = 620;
const HEIGHT = 190;
const LEFT = 8;
const TOP = 26;
const BASE = 160;
const GAP = 0.28;

interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** For tooltips and screen readers. */
  readonly title: string;
}

interface Label {
  readonly x: number;
  readonly text: string;
}

/** Geometry for the template: a bar for each day, the highest one labeled with its amount. */
export interface SpendingChart {
  readonly width: number;
  readonly height: number;
  readonly base: number;
  readonly labelY: number;
  /** The chart in one sentence, for screen readers. */
  readonly summary: string;
  readonly bars: readonly Bar[];
  readonly labels: readonly Label[];
  readonly highest: { readonly x: number; readonly y: number; readonly text: string } | null;
}

/** Spending by day; `money` formats minor units. */
export function spendingChart(
  days: readonly number[],
  money: (minor: number) => string,
): SpendingChart {
  const maximum = Math.max(...days, 0);
  const step = (WIDTH - 2 * LEFT) / Math.max(days.length, 1);
  const bars = days.map((spent, index) => {
    const height = maximum === 0 ? 0 : round((spent / maximum) * (BASE - TOP));
    return {
      x: round(LEFT + index * step + (step * GAP) / 2),
      y: round(BASE - height),
      width: round(step * (1 - GAP)),
      height,
      title: `${index + 1}: ${money(spent)}`,
    };
  });
  const peak = days.indexOf(maximum);
  const middle = (index: number) => round(LEFT + (index + 0.5) * step);
  return {
    width: WIDTH,
    height: HEIGHT,
    base: BASE,
    labelY: BASE + 18,
    summary: maximum === 0 ? 'Nothing was paid.' : `Most on day ${peak + 1}: ${money(maximum)}.`,
    bars: bars.filter(({ height }) => height > 0),
    labels: days.flatMap((_, index) =>
      index === 0 || (index + 1) % 5 === 0 ? [{ x: middle(index), text: String(index + 1) }] : [],
    ),
    highest: maximum === 0 ? null : highestLabel(middle(peak), money(maximum)),
  };
}

/** Above the highest bar and within the drawing, also with the larger font of a small screen. */
function highestLabel(x: number, text: string): { x: number; y: number; text: string } {
  const half = text.length * 6;
  return { x: round(Math.min(Math.max(x, half + 2), WIDTH - half - 2)), y: TOP - 8, text };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
