import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AccountAdministration } from '../../auth/accounts/account-administration.js';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import { ApiPage } from '../../platform/http/pagination/api-page.js';
import type { Page } from '../../platform/page.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { Currency } from '../../platform/money/money.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { ApiId, IdPipe } from '../../platform/http/validation/id.pipe.js';
import { NoBodyDto } from '../../platform/http/validation/no-body.dto.js';
import { Idempotent, Transactions } from '../../platform/idempotency/idempotent.js';
import type { Principal } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { DriverDetailsDto, mapDriverDetails } from './driver-details.dto.js';
import { DriverDetailsQueries } from './driver-details-queries.js';
import { DriverDto, mapDriver } from './driver.dto.js';
import { DriversQuery } from './drivers-query.dto.js';
import { DriverQueries } from './driver-queries.js';
import {
  CreatedAccountDto,
  DriverChangesDto,
  ManagedAccountDto,
  mapCreated,
  mapManagedAccount,
  mapPasswordLink,
  NewAccountDto,
  PasswordLinkDto,
} from './managed-account.dto.js';
import { PasswordLinkRoute } from './password-link-route.js';

@ApiTags('Admin: users')
@Roles('admin')
@Controller('api/admin/users')
export class AdminUsersController {
  constructor(
    private readonly drivers: DriverQueries,
    private readonly details: DriverDetailsQueries,
    private readonly administration: AccountAdministration,
    private readonly currency: Currency,
    private readonly clock: Clock,
  ) {}

  @ApiOperation({ summary: 'Drivers by id, with their booking totals' })
  @ApiPage(DriverDto)
  @ApiProblems('VALIDATION_FAILED')
  @Get()
  async listUsers(@Query() query: DriversQuery): Promise<Page<DriverDto>> {
    const page = await this.drivers.list(query, query.search);
    return page.map((driver) => mapDriver(driver, this.currency));
  }

  @ApiOperation({
    summary: 'One driver, with the current bookings and sessions; each request is audited',
  })
  @ApiOkResponse({ type: DriverDetailsDto })
  @ApiProblems('VALIDATION_FAILED', 'ACCOUNT_NOT_FOUND')
  @ApiId()
  @Get(':id')
  async getUser(
    @Param('id', IdPipe) id: number,
    @CurrentPrincipal() principal: Principal,
  ): Promise<DriverDetailsDto> {
    const presentation = { currency: this.currency, now: this.clock.now() };
    return mapDriverDetails(await this.details.find(id, principal), presentation);
  }

  @ApiOperation({ summary: 'Create a driver, with a password or with a link to set one' })
  @ApiCreatedResponse({ type: CreatedAccountDto })
  @Idempotent()
  @ApiProblems('VALIDATION_FAILED', 'USERNAME_TAKEN', 'EMAIL_TAKEN', 'OVERLOADED')
  @Post()
  async createUser(
    @Body() body: NewAccountDto,
    @CurrentPrincipal() principal: Principal,
    @Transactions() transactions: TransactionRunner,
  ): Promise<CreatedAccountDto> {
    const account = { ...body, role: 'user' } as const;
    return mapCreated(await this.administration.create(transactions, account, principal));
  }

  @ApiOperation({ summary: 'Disable or enable a driver, or change the e-mail address' })
  @ApiOkResponse({ type: ManagedAccountDto })
  @ApiProblems('VALIDATION_FAILED', 'ACCOUNT_NOT_FOUND', 'EMAIL_TAKEN')
  @ApiId()
  @Patch(':id')
  async changeUser(
    @Param('id', IdPipe) id: number,
    @Body() body: DriverChangesDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ManagedAccountDto> {
    const reference = { id, role: 'user' } as const;
    return mapManagedAccount(await this.administration.change(reference, body, principal));
  }

  @PasswordLinkRoute('Issue a link with which the driver sets a new password')
  async resetUserPassword(
    @Param('id', IdPipe) id: number,
    @Body() _: NoBodyDto,
    @CurrentPrincipal() principal: Principal,
    @Transactions() transactions: TransactionRunner,
  ): Promise<PasswordLinkDto> {
    const reference = { id, role: 'user' } as const;
    return mapPasswordLink(
      await this.administration.issuePasswordLink(transactions, reference, principal),
    );
  }
}
