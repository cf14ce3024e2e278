import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import type { Principal } from '../../platform/principal.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { ApiId, IdPipe } from '../../platform/http/validation/id.pipe.js';
import { ApiPage } from '../../platform/http/pagination/api-page.js';
import type { SerializedPage } from '../../platform/http/fast-json/serialized-list.js';
import type { Page } from '../../platform/page.js';
import { PageQuery } from '../../platform/http/pagination/page-query.dto.js';
import { Idempotent, Transactions } from '../../platform/idempotency/idempotent.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { Configuration } from '../../platform/config/configuration.js';
import { Currency } from '../../platform/money/money.js';
import { LotDto, mapLot } from '../../api-models/lot.dto.js';
import type { LotView } from '../../parking/lots/lot-queries.js';
import { LotsService } from '../../parking/lots/lots.service.js';
import { AdminLotsQueries } from './admin-lots-queries.js';
import { LotChangesDto, NewLotDto, toLotChanges, toNewLot } from './lot-changes.dto.js';
import { LotDeletedDto } from './lot-deleted.dto.js';
import { mapSpot, SpotDto } from './spot.dto.js';
import { SpotQueries } from './spot-queries.js';

@ApiTags('Admin: parking lots')
@Roles('admin')
@Controller('api/admin/parking-lots')
export class AdminLotsController {
  constructor(
    private readonly queries: AdminLotsQueries,
    private readonly lots: LotsService,
    private readonly spots: SpotQueries,
    private readonly currency: Currency,
    private readonly configuration: Configuration,
  ) {}

  @ApiOperation({ summary: 'All parking lots, by id' })
  @ApiPage(LotDto)
  @ApiProblems('VALIDATION_FAILED')
  @Get()
  listLots(@Query() query: PageQuery): Promise<SerializedPage> {
    return this.queries.list(query);
  }

  @ApiOperation({ summary: 'Create a parking lot with its spots' })
  @ApiCreatedResponse({ type: LotDto })
  @ApiProblems('VALIDATION_FAILED')
  @Idempotent()
  @Post()
  async createLot(
    @Body() body: NewLotDto,
    @CurrentPrincipal() principal: Principal,
    @Transactions() transactions: TransactionRunner,
  ): Promise<LotDto> {
    const lot = await this.lots.create(transactions, toNewLot(body, this.currency), principal);
    return this.toDto(lot);
  }

  @ApiOperation({ summary: 'Change a parking lot or its number of spots' })
  @ApiOkResponse({ type: LotDto })
  @ApiProblems('VALIDATION_FAILED', 'LOT_NOT_FOUND', 'TOO_FEW_SPOTS', 'LOT_HAS_TARIFF')
  @ApiId()
  @Put(':id')
  async updateLot(
    @Param('id', IdPipe) id: number,
    @Body() body: LotChangesDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<LotDto> {
    const lot = await this.lots.update(id, toLotChanges(body, this.currency), principal);
    return this.toDto(lot);
  }

  @ApiOperation({ summary: 'Delete a parking lot; past bookings still show it' })
  @ApiOkResponse({ type: LotDeletedDto })
  @ApiProblems('VALIDATION_FAILED', 'LOT_NOT_FOUND', 'LOT_OCCUPIED')
  @ApiId()
  @Delete(':id')
  async deleteLot(
    @Param('id', IdPipe) id: number,
    @CurrentPrincipal() principal: Principal,
  ): Promise<LotDeletedDto> {
    await this.lots.delete(id, principal);
    return { message: `Parking lot ${id} is deleted.` };
  }

  @ApiOperation({ summary: "A lot's spots by number, with their active bookings" })
  @ApiPage(SpotDto)
  @ApiProblems('VALIDATION_FAILED', 'LOT_NOT_FOUND')
  @ApiId()
  @Get(':id/spots')
  async listLotSpots(
    @Param('id', IdPipe) id: number,
    @Query() query: PageQuery,
  ): Promise<Page<SpotDto>> {
    return (await this.spots.ofLot(id, query)).map(mapSpot);
  }

  private toDto(lot: LotView): LotDto {
    const { timezone } = this.configuration;
    return mapLot(lot, { currency: this.currency, timezone });
  }
}
