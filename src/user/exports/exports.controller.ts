import {
  Body,
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  StreamableFile,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import type { Principal } from '../../platform/principal.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { HeadWithoutEffect } from '../../platform/http/server/head-without-effect.js';
import { ApiNoBody, NoBodyDto } from '../../platform/http/validation/no-body.dto.js';
import { Idempotent, Transactions } from '../../platform/idempotency/idempotent.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { ExportRequests } from '../../jobs/exports/export-requests.service.js';
import { ExportsService } from '../../jobs/exports/exports.service.js';
import {
  DownloadQuery,
  ExportAcceptedDto,
  ExportStatusDto,
  mapAccepted,
  mapExport,
} from './export.dto.js';

const TASK_ID = {
  name: 'task_id',
  format: 'uuid',
  example: '8d5ff0c7-32b1-4b14-8a50-6f6f0a0f6f6b',
};

const CSV_EXAMPLE = [
  'Reservation ID,Spot ID,Spot Number,Parking Lot,Address,Vehicle Number,Parking Timestamp,Leaving Timestamp,Duration (hours),Cost,Currency,Status,Remarks',
  '12,1,1,Connaught Place Inner Circle,"Block C, Connaught Place, New Delhi",DL 01 AB 1234,2026-03-01T09:30:00.000Z,2026-03-01T11:00:00.000Z,1.50,80.00,INR,Completed,Back by six',
  '',
].join('\r\n');

const REUSED =
  'Returns the unfinished export if there is one, or the newest export if it can be downloaded and ' +
  'neither the bookings nor the names and addresses of their lots have changed since. A driver can ' +
  'start 10 exports per hour, and only the newest file is kept.';

@ApiTags('User: exports')
@Roles('user')
@Controller('api/user')
export class UserExportsController {
  constructor(
    private readonly requests: ExportRequests,
    private readonly exports: ExportsService,
    private readonly transactions: TransactionRunner,
  ) {}

  @ApiOperation({
    summary: 'Request an export',
    description: `The same as \`POST /api/user/export-csv-async\`, for legacy clients. ${REUSED} HEAD starts no export.`,
  })
  @ApiAcceptedResponse({ type: ExportAcceptedDto })
  @HttpCode(202)
  @HeadWithoutEffect()
  @Get('export-csv')
  async requestExportByGet(@CurrentPrincipal() principal: Principal): Promise<ExportAcceptedDto> {
    return mapAccepted(await this.requests.request(this.transactions, principal));
  }

  @ApiOperation({
    summary: "Request an export of the driver's bookings as CSV",
    description: REUSED,
  })
  @ApiNoBody()
  @ApiAcceptedResponse({ type: ExportAcceptedDto })
  @ApiProblems('VALIDATION_FAILED')
  @Idempotent()
  @HttpCode(202)
  @Post('export-csv-async')
  async requestExport(
    @CurrentPrincipal() principal: Principal,
    @Body() _: NoBodyDto,
    @Transactions() transactions: TransactionRunner,
  ): Promise<ExportAcceptedDto> {
    return mapAccepted(await this.requests.request(transactions, principal));
  }

  @ApiOperation({ summary: 'The status of an export' })
  @ApiOkResponse({ type: ExportStatusDto })
  @ApiProblems('EXPORT_NOT_FOUND')
  @ApiParam(TASK_ID)
  @Get('export-csv-status/:task_id')
  async getExportStatus(
    @CurrentPrincipal() { id }: Principal,
    @Param('task_id') taskId: string,
  ): Promise<ExportStatusDto> {
    const task = await this.exports.find(id, taskId);
    return mapExport(task, await this.exports.isExpired(task));
  }

  @ApiOperation({ summary: 'Download a completed export' })
  @ApiProduces('text/csv')
  @ApiOkResponse({
    description: 'RFC 4180, with a header line, newest booking first',
    content: { 'text/csv': { schema: { type: 'string', example: CSV_EXAMPLE } } },
    headers: {
      'Content-Disposition': {
        description: '`attachment` and the file name',
        schema: { type: 'string' },
      },
    },
  })
  @ApiProblems('VALIDATION_FAILED', 'EXPORT_NOT_FOUND', 'EXPORT_NOT_READY', 'EXPORT_EXPIRED')
  @ApiParam(TASK_ID)
  @Get('export-csv-download/:task_id')
  async downloadExport(
    @CurrentPrincipal() { id }: Principal,
    @Param('task_id') taskId: string,
    @Query() { for: program }: DownloadQuery,
  ): Promise<StreamableFile> {
    const { name, csv } = await this.exports.download(id, taskId, program);
    return new StreamableFile(csv, {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="${name}"`,
    });
  }
}
