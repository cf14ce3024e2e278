import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { ApiPage } from '../../platform/http/pagination/api-page.js';
import { PageQuery } from '../../platform/http/pagination/page-query.dto.js';
import { ApiId, IdPipe } from '../../platform/http/validation/id.pipe.js';
import { ApiNoBody, NoBodyDto } from '../../platform/http/validation/no-body.dto.js';
import { Idempotent, Transactions } from '../../platform/idempotency/idempotent.js';
import type { Page } from '../../platform/page.js';
import type { Principal } from '../../platform/principal.js';
import { GatesService } from '../../parking/gates/gates.service.js';
import {
  GateChangesDto,
  GateDto,
  KeyedGateDto,
  mapGate,
  mapKeyedGate,
  NewGateDto,
  toGate,
  toGateChanges,
} from './gate.dto.js';

@ApiTags('Admin: gates')
@Roles('admin')
@Controller('api/admin/gates')
export class AdminGatesController {
  constructor(private readonly gates: GatesService) {}

  @ApiOperation({ summary: 'The gates of all lots, by id' })
  @ApiPage(GateDto)
  @ApiProblems('VALIDATION_FAILED')
  @Get()
  async listGates(@Query() query: PageQuery): Promise<Page<GateDto>> {
    return (await this.gates.list(query)).map(mapGate);
  }

  @ApiOperation({ summary: 'Add a gate to a lot; its key is shown once' })
  @ApiCreatedResponse({ type: KeyedGateDto })
  @ApiProblems('VALIDATION_FAILED', 'LOT_NOT_FOUND', 'TOO_MANY_GATES')
  @Idempotent()
  @Post()
  async addGate(
    @Body() body: NewGateDto,
    @CurrentPrincipal() principal: Principal,
    @Transactions() transactions: TransactionRunner,
  ): Promise<KeyedGateDto> {
    return mapKeyedGate(await this.gates.create(transactions, toGate(body), principal));
  }

  @ApiOperation({ summary: 'Change a gate; its key stays valid' })
  @ApiOkResponse({ type: GateDto })
  @ApiProblems('VALIDATION_FAILED', 'GATE_NOT_FOUND', 'LOT_NOT_FOUND', 'TOO_MANY_GATES')
  @ApiId()
  @Patch(':id')
  async changeGate(
    @Param('id', IdPipe) id: number,
    @Body() body: GateChangesDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<GateDto> {
    return mapGate(await this.gates.change(id, toGateChanges(body), principal));
  }

  @ApiOperation({ summary: 'Delete a gate and revoke its key; its events stay' })
  @ApiNoContentResponse()
  @ApiProblems('VALIDATION_FAILED', 'GATE_NOT_FOUND')
  @ApiId()
  @HttpCode(204)
  @Delete(':id')
  removeGate(
    @Param('id', IdPipe) id: number,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    return this.gates.remove(id, principal);
  }

  @ApiOperation({ summary: 'Issue a new key, which replaces the old one immediately' })
  @ApiCreatedResponse({ type: KeyedGateDto })
  @ApiProblems('VALIDATION_FAILED', 'GATE_NOT_FOUND')
  @ApiId()
  @ApiNoBody()
  @Idempotent()
  @Post(':id/key')
  async issueGateKey(
    @Param('id', IdPipe) id: number,
    @Body() _: NoBodyDto,
    @CurrentPrincipal() principal: Principal,
    @Transactions() transactions: TransactionRunner,
  ): Promise<KeyedGateDto> {
    return mapKeyedGate(await this.gates.issueKey(transactions, id, principal));
  }
}
