import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '../../auth/access/access.js';
import { ApiPage } from '../../platform/http/pagination/api-page.js';
import type { Page } from '../../platform/page.js';
import { Currency } from '../../platform/money/money.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { AuditLogQuery } from './audit-log-query.dto.js';
import { AuditLogQueries } from './audit-log-queries.js';
import { AuditRecordDto, mapAuditRecord } from './audit-record.dto.js';

@ApiTags('Admin: audit log')
@Roles('admin')
@Controller('api/admin/audit-log')
export class AdminAuditLogController {
  constructor(
    private readonly log: AuditLogQueries,
    private readonly currency: Currency,
  ) {}

  @ApiOperation({ summary: 'Audited actions, newest first' })
  @ApiPage(AuditRecordDto)
  @ApiProblems('VALIDATION_FAILED')
  @Get()
  async listAuditLog(@Query() query: AuditLogQuery): Promise<Page<AuditRecordDto>> {
    return (await this.log.list(query)).map((record) => mapAuditRecord(record, this.currency));
  }
}
