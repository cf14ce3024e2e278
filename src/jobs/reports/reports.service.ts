import { Injectable } from '@nestjs/common';
import { Configuration } from '../../platform/config/configuration.js';
import { isMonth } from '../../platform/time/calendar.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { decodeCursor, Page, type PageRequest } from '../../platform/page.js';
import { Currency } from '../../platform/money/money.js';
import { ValidationFailed } from '../../platform/errors/coded-error.js';
import { isMonthOver } from '../scheduling/period-kinds.js';
import { ReportNotFound } from './errors.js';
import { Report } from './report.entity.js';
import { reportPage } from './page/report-page.js';
import { spendingPlot } from './page/spending-plot.js';
import { ReportStatistics } from './report-statistics.js';

/** Lists and renders a driver's monthly reports. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly database: ReadDatabase,
    private readonly currency: Currency,
    private readonly statistics: ReportStatistics,
    private readonly configuration: Configuration,
  ) {}

  /** The driver's reports without their content, the latest month first. */
  async list(
    userId: number,
    query: PageRequest,
  ): Promise<Page<Pick<Report, 'period' | 'createdAt'>>> {
    const [before = Number.MAX_SAFE_INTEGER] = decodeCursor(query, 'integer') ?? [];
    const rows = await this.database
      .getRepository(Report)
      .createQueryBuilder('report')
      .select(['report.userId', 'report.period', 'report.createdAt'])
      .where('report.userId = :userId AND report.period < :before', {
        userId,
        before: monthOf(before),
      })
      .orderBy('report.period', 'DESC')
      .limit(query.limit + 1)
      .getMany();
    return Page.of(rows, query.limit, ({ period }) => [numberOf(period)]);
  }

  /** The report as one HTML page. @throws ValidationFailed if the period is not a month | ReportNotFound */
  async page(userId: number, period: string): Promise<string> {
    if (!isMonth(period)) {
      const message = 'period must be a month (YYYY-MM)';
      throw new ValidationFailed([{ field: 'period', message }]);
    }
    const report = await this.database.getRepository(Report).findOneBy({ userId, period });
    const statistics = report && (await this.statistics.read(report));
    if (!statistics) throw new ReportNotFound(period);
    const isComplete = isMonthOver(period, report.createdAt, this.configuration.timezone);
    const plot = await spendingPlot(period, statistics.days, this.currency);
    return reportPage({ month: period, statistics, isComplete, plot }, this.currency).html;
  }
}

/** `2026-03` as 202603: a cursor consists of numbers. */
function numberOf(month: string): number {
  return Number(month.replace('-', ''));
}

function monthOf(number: number): string {
  return `${Math.floor(number / 100)}-${String(number % 100).padStart(2, '0')}`;
}
