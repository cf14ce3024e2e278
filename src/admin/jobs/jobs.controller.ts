import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import type { Principal } from '../../platform/principal.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { ApiPage } from '../../platform/http/pagination/api-page.js';
import type { Page } from '../../platform/page.js';
import { PageQuery } from '../../platform/http/pagination/page-query.dto.js';
import { Idempotent, Transactions } from '../../platform/idempotency/idempotent.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { JobRunsService } from '../../jobs/scheduling/job-runs.service.js';
import { SCHEDULED_JOB_NAMES } from '../../jobs/scheduling/scheduled-jobs.js';
import { JobRunDto, mapJobRun, RunJobDto } from './job-run.dto.js';

@ApiTags('Admin: jobs')
@Roles('admin')
@Controller('api/admin/jobs')
export class AdminJobsController {
  constructor(private readonly runs: JobRunsService) {}

  @ApiOperation({ summary: 'Runs of scheduled jobs, newest first' })
  @ApiPage(JobRunDto)
  @ApiProblems('VALIDATION_FAILED')
  @Get()
  async listJobs(@Query() query: PageQuery): Promise<Page<JobRunDto>> {
    return (await this.runs.list(query)).map(mapJobRun);
  }

  @ApiOperation({ summary: 'Run a scheduled job now' })
  @ApiAcceptedResponse({ type: JobRunDto })
  @ApiProblems('VALIDATION_FAILED', 'JOB_NOT_FOUND', 'PERIOD_COMPLETED')
  @ApiParam({
    name: 'name',
    schema: { type: 'string', enum: SCHEDULED_JOB_NAMES },
    example: SCHEDULED_JOB_NAMES.at(-1),
  })
  @Idempotent()
  @HttpCode(202)
  @Post(':name/run')
  async runJob(
    @Param('name') name: string,
    @Body() { period }: RunJobDto,
    @CurrentPrincipal() principal: Principal,
    @Transactions() transactions: TransactionRunner,
  ): Promise<JobRunDto> {
    return mapJobRun(await this.runs.startManually(transactions, { name, period }, principal));
  }
}
