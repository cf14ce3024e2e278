import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import type { Principal } from '../../platform/principal.js';
import { ApiPage } from '../../platform/http/pagination/api-page.js';
import type { Page } from '../../platform/page.js';
import { PageQuery } from '../../platform/http/pagination/page-query.dto.js';
import { REPORT_CSP } from '../../platform/http/server/security-headers.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { ReportsService } from '../../jobs/reports/reports.service.js';
import { mapReport, ReportDto } from './report.dto.js';

@ApiTags('User: reports')
@Roles('user')
@Controller('api/user/reports')
export class UserReportsController {
  constructor(private readonly reports: ReportsService) {}

  @ApiOperation({ summary: "The driver's monthly reports, latest month first" })
  @ApiPage(ReportDto)
  @ApiProblems('VALIDATION_FAILED')
  @Get()
  async listReports(
    @CurrentPrincipal() { id }: Principal,
    @Query() query: PageQuery,
  ): Promise<Page<ReportDto>> {
    return (await this.reports.list(id, query)).map(mapReport);
  }

  @ApiOperation({ summary: 'A monthly report as an HTML page' })
  @ApiProduces('text/html')
  @ApiOkResponse({ content: { 'text/html': { schema: { type: 'string' } } } })
  @ApiProblems('VALIDATION_FAILED', 'REPORT_NOT_FOUND')
  @ApiParam({
    name: 'period',
    schema: { type: 'string', pattern: String.raw`^\d{4}-\d{2}$` },
    example: '2026-02',
  })
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', REPORT_CSP)
  @Get(':period')
  reportPage(
    @CurrentPrincipal() { id }: Principal,
    @Param('period') period: string,
  ): Promise<string> {
    return this.reports.page(id, period);
  }
}
