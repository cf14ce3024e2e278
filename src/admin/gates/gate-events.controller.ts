import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import { GateEventsService } from '../../parking/gates/gate-events.service.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { ApiPage } from '../../platform/http/pagination/api-page.js';
import { Idempotent, Transactions } from '../../platform/idempotency/idempotent.js';
import { Currency } from '../../platform/money/money.js';
import type { Page } from '../../platform/page.js';
import type { Principal } from '../../platform/principal.js';
import { GateEventDto, mapGateEvent } from './gate-event.dto.js';
import { GateEventsQuery, toEventSearch } from './gate-events-query.dto.js';
import { ManualOpeningDto, toManualOpening } from './manual-opening.dto.js';

@ApiTags('Admin: gates')
@Roles('admin')
@Controller('api/admin/gate-events')
export class AdminGateEventsController {
  constructor(
    private readonly events: GateEventsService,
    private readonly currency: Currency,
  ) {}

  @ApiOperation({ summary: 'Events at gates, the latest received first' })
  @ApiPage(GateEventDto)
  @ApiProblems('VALIDATION_FAILED')
  @Get()
  async listGateEvents(@Query() query: GateEventsQuery): Promise<Page<GateEventDto>> {
    const page = await this.events.search(query, toEventSearch(query));
    return page.map((event) => mapGateEvent(event, this.currency));
  }

  @ApiOperation({ summary: 'Open a gate by hand, which is stored as an event' })
  @ApiCreatedResponse({ type: GateEventDto })
  @ApiProblems('VALIDATION_FAILED', 'GATE_NOT_FOUND')
  @Idempotent()
  @Post()
  async openGate(
    @Body() body: ManualOpeningDto,
    @CurrentPrincipal() principal: Principal,
    @Transactions() transactions: TransactionRunner,
  ): Promise<GateEventDto> {
    const event = await this.events.open(transactions, toManualOpening(body), principal);
    return mapGateEvent(event, this.currency);
  }
}
