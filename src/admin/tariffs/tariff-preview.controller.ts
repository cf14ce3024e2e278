import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '../../auth/access/access.js';
import { ChargeDto } from '../../api-models/tariffs/charge.dto.js';
import { toTariff } from '../../api-models/tariffs/tariff.dto.js';
import { Configuration } from '../../platform/config/configuration.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { Idempotent, Transactions } from '../../platform/idempotency/idempotent.js';
import { Currency } from '../../platform/money/money.js';
import { previewCharges } from './preview-charges.js';
import { TariffPreviewDto } from './tariff-preview.dto.js';

@ApiTags('Admin: tariffs')
@Roles('admin')
@Controller('api/admin/tariffs')
export class AdminTariffPreviewController {
  constructor(
    private readonly configuration: Configuration,
    private readonly currency: Currency,
  ) {}

  @ApiOperation({
    summary: 'What stays would cost under a tariff, which is not stored',
    description:
      'One charge per stay, in the order of the stays. All charges together may have at most ' +
      '20,000 lines, which is enough for 100 stays of a month each under a usual tariff.',
  })
  @ApiOkResponse({ type: ChargeDto, isArray: true })
  @ApiProblems('VALIDATION_FAILED')
  @Idempotent()
  @HttpCode(200)
  @Header('content-type', 'application/json; charset=utf-8')
  @Post('preview')
  async previewTariff(
    @Body() body: TariffPreviewDto,
    @Transactions() transactions: TransactionRunner,
  ): Promise<Buffer> {
    const { time_zone = this.configuration.timezone } = body;
    // Only the time zone is stored for a replay: the rest of the response depends only on the request's body.
    const { timeZone } = await transactions.run(async () => ({ timeZone: time_zone }));
    const stays = body.stays.map(({ from, until }) => ({
      from: from.getTime(),
      until: until.getTime(),
      timeZone,
    }));
    const applied = { id: null, version: null, tariff: toTariff(body.tariff, this.currency) };
    return previewCharges({ applied, stays, currency: this.currency });
  }
}
