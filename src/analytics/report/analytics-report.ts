import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { loadTemplate, type Markup } from '../../platform/messaging/templates.js';
import { Currency } from '../../platform/money/money.js';
import { DAY, MINUTE } from '../../platform/time/durations.js';
import { Analytics, type AnalyticsQuery, MAX_ROWS } from '../analytics.service.js';
import { RangeTooLarge } from '../errors.js';
import { type LotMetrics, metricsOf, type SummedPeriod } from '../metrics.js';
import { barsOverTime, heatMap, linesOverTime, namedBars } from '../plots/plots.js';
import { occupancyByHour, overTime, wholeRange } from './report-figures.js';

/** Maximum number of lots in one plot with bars side by side. */
const MAX_BARS = 25;

interface Figure {
  readonly title: string;
  readonly svg: Markup;
}

interface ReportContext {
  readonly title: string;
  readonly range: string;
  readonly by: string;
  readonly currency: string;
  readonly lots: readonly Readonly<Record<string, string | number>>[];
  readonly figures: readonly Figure[];
  /** What is left out, and why; null if nothing is. */
  readonly omitted: string | null;
}

const html = loadTemplate<ReportContext>('./analytics-report.html.hbs', import.meta.url);

/** The metrics as one self-contained page for printing, without scripts. */
@Injectable()
export class AnalyticsReport {
  constructor(
    private readonly analytics: Analytics,
    private readonly currency: Currency,
  ) {}

  /** @throws LotNotFound | RangeTooLarge | AnalyticsNotReady */
  async page(query: AnalyticsQuery): Promise<string> {
    const { periods, now } = await this.analytics.read(query, MAX_ROWS + 1);
    if (periods.length > MAX_ROWS) throw new RangeTooLarge(MAX_ROWS);
    const hours = await this.analytics.read({ ...query, by: 'hour' }, MAX_ROWS + 1);
    const isComplete = hours.periods.length <= MAX_ROWS;
    const lots = wholeRange(periods).map((lot) => metricsOf(lot, now));
    const [only] = query.lotId === undefined ? [] : lots;
    return html({
      title: titleOf(query.lotId, only?.lotName),
      range: `${dateText(query.dates.from)} to ${dateText(query.dates.until - 1)}`,
      by: query.by,
      currency: this.currency.code,
      lots: lots.map((lot) => this.lotLine(lot)),
      figures: [
        ...(isComplete ? await occupancyFigures(hours.periods, hours.now) : []),
        ...(await this.timeFigures(periods, query)),
        ...(lots.length > 1 ? await this.lotFigures(lots) : []),
      ],
      omitted: isComplete
        ? null
        : `Occupancy by weekday and hour is left out, because it needs more than ${MAX_ROWS} hourly rows. Choose fewer days or one lot.`,
    });
  }

  private async timeFigures(
    periods: readonly SummedPeriod[],
    { by }: AnalyticsQuery,
  ): Promise<Figure[]> {
    const over = (valueOf: (sums: SummedPeriod['sums']) => number) =>
      overTime(periods, ({ sums }) => valueOf(sums));
    const revenue = `Revenue per ${by} (${this.currency.code})`;
    const traffic = `Arrivals (solid) and departures (dashed) per ${by}`;
    const dwell = `Average dwell time of the stays that ended, in minutes, per ${by}`;
    const noShows = `No-shows per ${by}`;
    const minutes = averageDwell(periods);
    return [
      {
        title: revenue,
        svg: await barsOverTime(
          over((sums) => this.currency.fromMinor(sums.revenue)),
          { label: revenue, axis: this.currency.code, interval: by },
        ),
      },
      {
        title: traffic,
        svg: await linesOverTime(
          { first: over((sums) => sums.arrivals), second: over((sums) => sums.departures) },
          { label: traffic, axis: 'Cars', interval: by },
        ),
      },
      {
        title: dwell,
        svg: await barsOverTime(minutes, { label: dwell, axis: 'Minutes', interval: by }),
      },
      {
        title: noShows,
        svg: await barsOverTime(
          over((sums) => sums.noShows),
          { label: noShows, axis: 'Reservations', interval: by },
        ),
      },
    ];
  }

  private async lotFigures(lots: readonly LotMetrics[]): Promise<Figure[]> {
    const busiest = lots
      .toSorted((one, other) => other.occupancy - one.occupancy)
      .slice(0, MAX_BARS)
      .map(({ lotId, lotName, occupancy }) => ({
        name: `${shortened(lotName)} (${lotId})`,
        value: occupancy,
      }));
    const more = lots.length > MAX_BARS ? `, the ${MAX_BARS} fullest of ${lots.length} lots` : '';
    const title = `Occupancy by lot in percent${more}`;
    return [{ title, svg: await namedBars(busiest, { label: title, axis: 'Percent' }) }];
  }

  private lotLine(lot: LotMetrics) {
    return {
      name: lot.lotName,
      id: lot.lotId,
      sessions: lot.sessions,
      arrivals: lot.arrivals,
      departures: lot.departures,
      noShows: lot.noShows,
      dwell: lot.averageDwell === null ? '–' : lot.averageDwell.toFixed(2),
      turnover: lot.turnover.toFixed(2),
      occupancy: lot.occupancy.toFixed(2),
      peak: lot.peak,
      revenue: this.currency.format(lot.revenue),
    };
  }
}

async function occupancyFigures(hours: readonly SummedPeriod[], now: number): Promise<Figure[]> {
  const title = 'Occupancy in percent by weekday and hour';
  return [{ title, svg: await heatMap(occupancyByHour(hours, now), title) }];
}

/** Average over all lots, in minutes. Periods in which no stay ended are left out. */
function averageDwell(periods: readonly SummedPeriod[]) {
  const departures = new Map(
    overTime(periods, ({ sums }) => sums.departures).map(({ start, value }) => [
      start.getTime(),
      value,
    ]),
  );
  return overTime(periods, ({ sums }) => sums.dwell).flatMap(({ start, value }) => {
    const ended = departures.get(start.getTime()) ?? 0;
    return ended > 0 ? [{ start, value: value / ended / MINUTE }] : [];
  });
}

function dateText(day: number): string {
  return DateTime.fromMillis(day * DAY, { zone: 'utc', locale: 'en' }).toFormat('d LLLL yyyy');
}

function shortened(name: string): string {
  return name.length > 24 ? `${name.slice(0, 23)}…` : name;
}

/** If the dates are before the lot's creation, there are no rows, and so there is no name. */
function titleOf(lotId: number | undefined, name: string | undefined): string {
  return lotId === undefined ? 'All parking lots' : (name ?? `Parking lot ${lotId}`);
}
