import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '../../auth/access/access.js';
import { ApiPage } from '../../platform/http/pagination/api-page.js';
import type { Page } from '../../platform/page.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { Currency } from '../../platform/money.js';
import { DriverDto, mapDriver } from './driver.dto.js';
import { DriversQuery } from './drivers-query.dto.js';
import { DriverQueries } from './driver-queries.js';

@ApiTags('Admin: users')
@Roles('admin')
@Controller('api/admin/users')
export class AdminUsersController {
  constructor(
    private readonly drivers: DriverQueries,
    private readonly currency: Currency,
  ) {}

  @ApiOperation({ summary: 'Drivers by id, with their booking totals' })
  @ApiPage(DriverDto)
  @ApiProblems('VALIDATION_FAILED')
  @Get()
  async listUsers(@Query() query: DriversQuery): Promise<Page<DriverDto>> {
    const page = await this.drivers.list(query, query.search);
    return page.map((driver) => mapDriver(driver, this.currency));
  }
}
