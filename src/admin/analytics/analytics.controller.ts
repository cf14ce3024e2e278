import { Controller, Get, Header, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Analytics } from '../../analytics/analytics.service.js';
import { AnalyticsReport } from '../../analytics/report/analytics-report.js';
import { Roles } from '../../auth/access/access.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { ApiPage } from '../../platform/http/pagination/api-page.js';
import { REPORT_CSP } from '../../platform/http/server/security-headers.js';
import { Currency } from '../../platform/money/money.js';
import type { Page } from '../../platform/page.js';
import { AnalyticsQueryDto, toAnalyticsQuery } from './analytics-query.dto.js';
import { LotMetricsDto, mapMetrics } from './lot-metrics.dto.js';
import { metricsCsv } from './metrics-csv.js';

@ApiTags('Admin: analytics')
@Roles('admin')
@Controller('api/admin')
export class AdminAnalyticsController {
  constructor(
    private readonly analytics: Analytics,
    private readonly report: AnalyticsReport,
    private readonly currency: Currency,
  ) {}

  @ApiOperation({
    summary: 'Metrics of lots by hour, day or month',
    description: 'One row per lot and period since the lot was created, by lot and time.',
  })
  @ApiPage(LotMetricsDto)
  @ApiProblems('VALIDATION_FAILED', 'LOT_NOT_FOUND', 'ANALYTICS_NOT_READY')
  @Get('analytics')
  async listMetrics(@Query() query: AnalyticsQueryDto): Promise<Page<LotMetricsDto>> {
    const page = await this.analytics.list(toAnalyticsQuery(query), query);
    return page.map((row) => mapMetrics(row, this.currency));
  }

  @ApiOperation({
    summary: 'Metrics of lots as CSV',
    description: 'All rows; `limit` and `cursor` have no effect. At most 20,000 rows.',
  })
  @ApiProduces('text/csv')
  @ApiOkResponse({ content: { 'text/csv': { schema: { type: 'string' } } } })
  @ApiProblems('VALIDATION_FAILED', 'LOT_NOT_FOUND', 'ANALYTICS_NOT_READY')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Get('analytics.csv')
  async exportMetrics(
    @Query() query: AnalyticsQueryDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const csv = metricsCsv(await this.analytics.all(toAnalyticsQuery(query)), this.currency);
    // A decorator would also set this header on errors, which browsers would then save as a file.
    void reply.header('content-disposition', 'attachment; filename="analytics.csv"');
    return csv;
  }

  @ApiOperation({
    summary: 'Metrics of lots as a page with plots',
    description: 'One printable page without scripts. At most 20,000 rows.',
  })
  @ApiProduces('text/html')
  @ApiOkResponse({ content: { 'text/html': { schema: { type: 'string' } } } })
  @ApiProblems('VALIDATION_FAILED', 'LOT_NOT_FOUND', 'ANALYTICS_NOT_READY')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', REPORT_CSP)
  @Get('analytics/report')
  metricsReport(@Query() query: AnalyticsQueryDto): Promise<string> {
    return this.report.page(toAnalyticsQuery(query));
  }
}
