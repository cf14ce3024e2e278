import type { TimeIntervalName } from '@observablehq/plot';
import { draw, INK, SECOND_INK } from './plot.js';

/** A bar of a plot over time. `start` is the local time, written as if it were UTC. */
export interface TimeBar {
  readonly start: Date;
  readonly value: number;
}

interface TimePlot {
  readonly label: string;
  /** Label of the vertical axis, with the unit. */
  readonly axis: string;
  readonly interval: TimeIntervalName;
}

export function barsOverTime(bars: readonly TimeBar[], { label, axis, interval }: TimePlot) {
  return draw({
    label,
    height: 220,
    options: { x: { type: 'utc', label: null }, y: { label: axis, grid: true }, marginLeft: 60 },
    marks: (plot) => [
      plot.rectY(bars, { x: 'start', y: 'value', interval, fill: INK }),
      plot.ruleY([0]),
    ],
  });
}

/** Two values over time as lines: one solid, one dashed, so that they differ without colour. */
export function linesOverTime(
  lines: Readonly<Record<'first' | 'second', readonly TimeBar[]>>,
  { label, axis }: TimePlot,
) {
  return draw({
    label,
    height: 220,
    options: { x: { type: 'utc', label: null }, y: { label: axis, grid: true }, marginLeft: 60 },
    marks: (plot) => [
      plot.ruleY([0]),
      plot.lineY(lines.first, { x: 'start', y: 'value', stroke: INK, strokeWidth: 2 }),
      plot.lineY(lines.second, {
        x: 'start',
        y: 'value',
        stroke: SECOND_INK,
        strokeWidth: 2,
        strokeDasharray: '5 4',
      }),
    ],
  });
}

/** A cell of a heat map: the percentage in one hour of a weekday. */
export interface HeatCell {
  /** `Mon` … `Sun` */
  readonly weekday: string;
  readonly hour: number;
  /** 0 to 100. */
  readonly percent: number;
}

export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** Weekdays by hours. A darker cell is fuller, in greyscale too, and each cell shows its number. */
export function heatMap(cells: readonly HeatCell[], label: string) {
  return draw({
    label,
    height: 260,
    options: {
      x: { domain: HOURS, label: 'Hour of the day', axis: 'top' },
      y: { domain: WEEKDAYS, label: null },
      color: { type: 'linear', domain: [0, 100], range: ['#f4f7f9', '#12364c'] },
      padding: 0.05,
      marginLeft: 50,
    },
    marks: (plot) => [
      plot.cell(cells, { x: 'hour', y: 'weekday', fill: 'percent' }),
      plot.text(cells, {
        x: 'hour',
        y: 'weekday',
        text: ({ percent }: HeatCell) => String(Math.round(percent)),
        fill: ({ percent }: HeatCell) => (percent > 50 ? 'white' : 'black'),
      }),
    ],
  });
}

interface NamedBar {
  readonly name: string;
  readonly value: number;
}

/** Horizontal bars, one per name, with their values. */
export function namedBars(
  bars: readonly NamedBar[],
  { label, axis }: Pick<TimePlot, 'label' | 'axis'>,
) {
  return draw({
    label,
    height: 40 + 26 * bars.length,
    options: {
      x: { label: axis, axis: 'top', grid: true, domain: [0, largest(bars)] },
      y: { label: null, domain: bars.map(({ name }) => name) },
      marginLeft: 200,
      marginRight: 60,
    },
    marks: (plot) => [
      plot.barX(bars, { x: 'value', y: 'name', fill: INK }),
      plot.text(bars, { x: 'value', y: 'name', text: 'value', textAnchor: 'start', dx: 4 }),
      plot.ruleX([0]),
    ],
  });
}

function largest(bars: readonly NamedBar[]): number {
  return Math.max(...bars.map(({ value }) => value), 1);
}
