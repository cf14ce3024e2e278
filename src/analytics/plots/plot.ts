import { setImmediate } from 'node:timers/promises';
import type * as ObservablePlot from '@observablehq/plot';
import { type Markup, markup } from '../../platform/messaging/templates.js';

type Plot = typeof ObservablePlot;
type Marks = NonNullable<ObservablePlot.PlotOptions['marks']>;

interface Drawing {
  /** What the plot shows, for screen readers. */
  readonly label: string;
  readonly height: number;
  readonly options?: Omit<ObservablePlot.PlotOptions, 'marks' | 'height' | 'width'>;
  readonly marks: (plot: Plot) => Marks;
}

/** The width of a report's page in pixels; the page scales the plot. */
const WIDTH = 760;
/** Dark enough for print in greyscale. */
export const INK = '#1f4e6b';
export const SECOND_INK = '#c46a1b';

/**
 * Draws a plot as SVG, for a page without scripts. Observable Plot needs a document, which linkedom
 * provides. Both are loaded with the first plot, so that the program starts without them.
 */
export async function draw({ label, height, options, marks }: Drawing): Promise<Markup> {
  const [plot, { parseHTML }] = await Promise.all([
    import('@observablehq/plot'),
    import('linkedom'),
  ]);
  // A plot takes about 10 ms; other requests run between two plots.
  await setImmediate();
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = plot.plot({
    ...options,
    document,
    ariaLabel: label,
    width: WIDTH,
    height,
    marks: marks(plot),
  });
  svg.setAttribute('role', 'img');
  return markup(svg.outerHTML);
}
