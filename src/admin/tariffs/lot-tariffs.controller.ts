import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { ApiPage } from '../../platform/http/pagination/api-page.js';
import { PageQuery } from '../../platform/http/pagination/page-query.dto.js';
import { ApiId, IdPipe } from '../../platform/http/validation/id.pipe.js';
import { Currency } from '../../platform/money/money.js';
import type { Page } from '../../platform/page.js';
import type { Principal } from '../../platform/principal.js';
import { mapTariffVersion, TariffVersionDto } from '../../api-models/tariffs/tariff-version.dto.js';
import { TARIFF_EXAMPLE } from '../../api-models/tariffs/tariff.dto.js';
import { TariffsService } from '../../parking/tariffs/tariffs.service.js';
import { TariffChangeDto, toTariffChange } from './tariff-change.dto.js';

@ApiTags('Admin: tariffs')
@Roles('admin')
@Controller('api/admin/parking-lots/:id')
export class AdminLotTariffsController {
  constructor(
    private readonly tariffs: TariffsService,
    private readonly currency: Currency,
  ) {}

  @ApiOperation({
    summary: 'Set or schedule the tariff of a parking lot',
    description:
      'Creates an immutable version. A version with a later `valid_from` is pending until then and ' +
      'replaces an earlier pending version; a version that applies immediately keeps the pending one. ' +
      'Setting the tariff that already applies creates no version. ' +
      'Bookings keep the version that applied when they were made.',
  })
  @ApiOkResponse({ type: TariffVersionDto })
  @ApiProblems('VALIDATION_FAILED', 'LOT_NOT_FOUND')
  @ApiId()
  @ApiBody({
    type: TariffChangeDto,
    // Without this example, Swagger UI would also send a `valid_from`, which must not be in the past.
    examples: { now: { value: TARIFF_EXAMPLE } },
  })
  @Put('tariff')
  async setTariff(
    @Param('id', IdPipe) id: number,
    @Body() body: TariffChangeDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<TariffVersionDto> {
    const change = toTariffChange(body, this.currency);
    return mapTariffVersion(await this.tariffs.set(id, change, principal), this.currency);
  }

  @ApiOperation({ summary: "The versions of a parking lot's tariff, newest first" })
  @ApiPage(TariffVersionDto)
  @ApiProblems('VALIDATION_FAILED', 'LOT_NOT_FOUND')
  @ApiId()
  @Get('tariffs')
  async listTariffs(
    @Param('id', IdPipe) id: number,
    @Query() query: PageQuery,
  ): Promise<Page<TariffVersionDto>> {
    const page = await this.tariffs.list(id, query);
    return page.map((version) => mapTariffVersion(version, this.currency));
  }

  @ApiOperation({
    summary: 'End the tariff of a parking lot, and the pending one',
    description:
      'From then on, the lot charges the hourly price that it had before its tariff was set.',
  })
  @ApiNoContentResponse()
  @ApiProblems('VALIDATION_FAILED', 'LOT_NOT_FOUND')
  @ApiId()
  @HttpCode(204)
  @Delete('tariff')
  endTariff(
    @Param('id', IdPipe) id: number,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    return this.tariffs.end(id, principal);
  }
}
