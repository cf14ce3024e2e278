import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import type { Principal } from '../../platform/principal.js';
import { Currency } from '../../platform/money/money.js';
import { DriverStatisticsDto, mapStatistics } from './statistics.dto.js';
import { DriverStatisticsQueries } from './statistics-queries.js';

@ApiTags('User: parking')
@Roles('user')
@Controller('api/user/stats')
export class UserStatisticsController {
  constructor(
    private readonly statistics: DriverStatisticsQueries,
    private readonly currency: Currency,
  ) {}

  @ApiOperation({ summary: "The driver's statistics" })
  @ApiOkResponse({ type: DriverStatisticsDto })
  @Get()
  async userStats(@CurrentPrincipal() { id }: Principal): Promise<DriverStatisticsDto> {
    return mapStatistics(await this.statistics.read(id), this.currency);
  }
}
