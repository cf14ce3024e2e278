import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import { AccountAdministration } from '../../auth/accounts/account-administration.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { ApiPage } from '../../platform/http/pagination/api-page.js';
import { PageQuery } from '../../platform/http/pagination/page-query.dto.js';
import { ApiId, IdPipe } from '../../platform/http/validation/id.pipe.js';
import { NoBodyDto } from '../../platform/http/validation/no-body.dto.js';
import { Idempotent, Transactions } from '../../platform/idempotency/idempotent.js';
import type { Page } from '../../platform/page.js';
import type { Principal } from '../../platform/principal.js';
import {
  CreatedOperatorDto,
  ManagedAccountDto,
  mapCreated,
  mapManagedAccount,
  mapPasswordLink,
  NewAccountDto,
  OperatorChangesDto,
  PasswordLinkDto,
} from './managed-account.dto.js';
import { OperatorQueries } from './operator-queries.js';
import { PasswordLinkRoute } from './password-link-route.js';

@ApiTags('Admin: operators')
@Roles('admin')
@Controller('api/admin/admins')
export class AdminOperatorsController {
  constructor(
    private readonly operators: OperatorQueries,
    private readonly administration: AccountAdministration,
  ) {}

  @ApiOperation({ summary: 'Operators by id' })
  @ApiPage(ManagedAccountDto)
  @ApiProblems('VALIDATION_FAILED')
  @Get()
  async listOperators(@Query() query: PageQuery): Promise<Page<ManagedAccountDto>> {
    return (await this.operators.list(query)).map(mapManagedAccount);
  }

  @ApiOperation({ summary: 'Create an operator, with a password or with a link to set one' })
  @ApiCreatedResponse({ type: CreatedOperatorDto })
  @Idempotent()
  @ApiProblems('VALIDATION_FAILED', 'USERNAME_TAKEN', 'EMAIL_TAKEN', 'OVERLOADED')
  @Post()
  async createOperator(
    @Body() body: NewAccountDto,
    @CurrentPrincipal() principal: Principal,
    @Transactions() transactions: TransactionRunner,
  ): Promise<CreatedOperatorDto> {
    const account = { ...body, role: 'admin' } as const;
    const created = await this.administration.create(transactions, account, principal);
    return { ...mapCreated(created), disabled: created.account.disabledAt !== null };
  }

  @ApiOperation({ summary: 'Disable or enable an operator; disabling ends every session' })
  @ApiOkResponse({ type: ManagedAccountDto })
  @ApiProblems('VALIDATION_FAILED', 'ACCOUNT_NOT_FOUND', 'OWN_ACCOUNT', 'LAST_ADMIN')
  @ApiId()
  @Patch(':id')
  async changeOperator(
    @Param('id', IdPipe) id: number,
    @Body() body: OperatorChangesDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ManagedAccountDto> {
    const reference = { id, role: 'admin' } as const;
    return mapManagedAccount(await this.administration.change(reference, body, principal));
  }

  @PasswordLinkRoute('Issue a link with which the operator sets a new password')
  async resetOperatorPassword(
    @Param('id', IdPipe) id: number,
    @Body() _: NoBodyDto,
    @CurrentPrincipal() principal: Principal,
    @Transactions() transactions: TransactionRunner,
  ): Promise<PasswordLinkDto> {
    const reference = { id, role: 'admin' } as const;
    return mapPasswordLink(
      await this.administration.issuePasswordLink(transactions, reference, principal),
    );
  }
}
