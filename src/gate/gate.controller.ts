import { Body, Controller, HttpCode, Post, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentGate, Roles } from '../auth/access/access.js';
import { GateEventsService } from '../parking/gates/gate-events.service.js';
import { ApiProblems } from '../platform/errors/api-problems.js';
import { Currency } from '../platform/money/money.js';
import type { GatePrincipal } from '../platform/principal.js';
import { EntryDto, ExitDto, mapDecision, PassageDto, toSighting } from './passage.dto.js';
import { RepeatedEventInterceptor } from './repeated-event.interceptor.js';

const DESCRIPTION =
  'For 7 days, a repeated `event_id` gets the first response, regardless of the rest of the request; the gate has one sequence of ids for entries and exits. Events may arrive late and in any order.';

@ApiTags('Gates')
@Roles('gate')
@UseInterceptors(RepeatedEventInterceptor)
@Controller('api/gate')
export class GateController {
  constructor(
    private readonly events: GateEventsService,
    private readonly currency: Currency,
  ) {}

  @ApiOperation({ summary: 'Report a car that arrives', description: DESCRIPTION })
  @ApiOkResponse({ type: EntryDto })
  @ApiProblems('VALIDATION_FAILED', 'WRONG_DIRECTION')
  @HttpCode(200)
  @Post('entries')
  async reportEntry(
    @CurrentGate() gate: GatePrincipal,
    @Body() body: PassageDto,
  ): Promise<EntryDto | ExitDto> {
    return mapDecision(await this.events.enter(toSighting(gate, body)), this.currency);
  }

  @ApiOperation({ summary: 'Report a car that leaves', description: DESCRIPTION })
  @ApiOkResponse({ type: ExitDto })
  @ApiProblems('VALIDATION_FAILED', 'WRONG_DIRECTION')
  @HttpCode(200)
  @Post('exits')
  async reportExit(
    @CurrentGate() gate: GatePrincipal,
    @Body() body: PassageDto,
  ): Promise<EntryDto | ExitDto> {
    return mapDecision(await this.events.leave(toSighting(gate, body)), this.currency);
  }
}
