import { monthName } from '../../../platform/time/calendar.js';
import { HOUR } from '../../../platform/time/durations.js';
import type { Currency } from '../../../platform/money/money.js';
import { loadTemplate, type Markup } from '../../../platform/messaging/templates.js';
import type { MonthlyStatistics } from '../monthly-statistics.js';
import { spendingChart, type SpendingChart } from './spending-chart.js';

interface LotLine {
  readonly name: string;
  readonly bookings: number;
  readonly bookingsText: string;
  readonly hours: string;
  readonly spent: string;
}

interface ReportContext {
  readonly month: string;
  readonly username: string;
  readonly bookings: number;
  readonly spent: string;
  readonly hours: string;
  readonly mostUsed: string;
  readonly lots: readonly LotLine[];
  readonly chart: SpendingChart;
  /** SVG; null in a mail, where the chart is a table. */
  readonly plot: Markup | null;
}

const html = loadTemplate<ReportContext>('./report.html.hbs', import.meta.url);
const text = loadTemplate<ReportContext>('./report.txt.hbs', import.meta.url);

export interface ReportPage {
  readonly title: string;
  /** One self-contained page. */
  readonly html: string;
  readonly text: string;
}

export interface RenderedReport {
  /** `2026-03` */
  readonly month: string;
  readonly statistics: MonthlyStatistics;
  /** Whether the report was made after the end of the month. */
  readonly isComplete: boolean;
  /** The spending as SVG, for a page in a browser. */
  readonly plot?: Markup;
}

export function reportPage(report: RenderedReport, currency: Currency): ReportPage {
  const { month, statistics, isComplete, plot = null } = report;
  const { lots } = statistics;
  const money = (minor: number) => `${currency.code} ${currency.format(minor)}`;
  const context = {
    month: isComplete ? monthName(month) : `${monthName(month)} so far`,
    username: statistics.username,
    bookings: sum(lots, 'bookings'),
    spent: money(sum(lots, 'spent')),
    hours: hours(sum(lots, 'parked')),
    mostUsed: lots[0]?.name ?? '',
    lots: lots.map(({ name, bookings, spent, parked }) => ({
      name,
      bookings,
      bookingsText: bookings === 1 ? '1 booking' : `${bookings} bookings`,
      hours: hours(parked),
      spent: money(spent),
    })),
    chart: spendingChart(statistics.days, money),
    plot,
  };
  const title = `Your parking in ${context.month}`;
  return { title, html: html(context), text: text(context) };
}

function sum(lots: MonthlyStatistics['lots'], figure: 'bookings' | 'spent' | 'parked'): number {
  return lots.reduce((total, lot) => total + lot[figure], 0);
}

/** `12.5`: hours with one decimal. */
function hours(milliseconds: number): string {
  return (milliseconds / HOUR).toFixed(1);
}
