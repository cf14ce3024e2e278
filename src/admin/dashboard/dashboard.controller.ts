import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '../../auth/access/access.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { Currency } from '../../platform/money/money.js';
import { ActivityDto, ActivityQuery, mapActivity } from './activity.dto.js';
import { ActivityQueries } from './activity-queries.js';
import { AdminStatisticsDto, mapStatistics } from './statistics.dto.js';
import { StatisticsQueries } from './statistics-queries.js';

@ApiTags('Admin: dashboard')
@Roles('admin')
@Controller('api/admin')
export class AdminDashboardController {
  constructor(
    private readonly statistics: StatisticsQueries,
    private readonly activity: ActivityQueries,
    private readonly currency: Currency,
  ) {}

  @ApiOperation({ summary: 'Statistics of the whole installation' })
  @ApiOkResponse({ type: AdminStatisticsDto })
  @Get('stats')
  async adminStats(): Promise<AdminStatisticsDto> {
    return mapStatistics(await this.statistics.read(), this.currency);
  }

  @ApiOperation({ summary: 'Recent arrivals and departures, newest first' })
  @ApiOkResponse({ type: [ActivityDto] })
  @ApiProblems('VALIDATION_FAILED')
  @Get('recent-activity')
  async recentActivity(@Query() { limit }: ActivityQuery): Promise<ActivityDto[]> {
    return (await this.activity.latest(limit)).map((row) => mapActivity(row, this.currency));
  }
}
