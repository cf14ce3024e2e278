import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '../../auth/access/access.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { ApiId, IdPipe } from '../../platform/http/validation/id.pipe.js';
import { Idempotent, Transactions } from '../../platform/idempotency/idempotent.js';
import { Currency } from '../../platform/money/money.js';
import { QuotesService } from '../../parking/reservations/pricing/quotes.service.js';
import { TariffsService } from '../../parking/tariffs/tariffs.service.js';
import { CurrentTariffDto, mapCurrentTariff } from './current-tariff.dto.js';
import { mapQuote, QuoteDto, QuoteRequestDto, toQuoteRequest } from './quote.dto.js';

@ApiTags('User: parking')
@Roles('user')
@Controller('api/user')
export class UserTariffsController {
  constructor(
    private readonly tariffs: TariffsService,
    private readonly quotes: QuotesService,
    private readonly currency: Currency,
  ) {}

  @ApiOperation({
    summary: 'What a parking lot charges now',
    description: 'The hourly price of a lot without a tariff is shown as a tariff with one rate.',
  })
  @ApiOkResponse({ type: CurrentTariffDto })
  @ApiProblems('VALIDATION_FAILED', 'LOT_NOT_FOUND')
  @ApiId()
  @Get('parking-lots/:id/tariff')
  async getCurrentTariff(@Param('id', IdPipe) id: number): Promise<CurrentTariffDto> {
    return mapCurrentTariff(await this.tariffs.current(id), id, this.currency);
  }

  @ApiOperation({
    summary: 'What a stay would cost',
    description:
      'By the tariff that applies now, even if the stay begins later. A booking is charged by the tariff ' +
      'that applies when it is made.',
  })
  @ApiOkResponse({ type: QuoteDto })
  @ApiProblems('VALIDATION_FAILED', 'LOT_NOT_FOUND')
  @Idempotent()
  @HttpCode(200)
  @Post('quotes')
  async quote(
    @Body() body: QuoteRequestDto,
    @Transactions() transactions: TransactionRunner,
  ): Promise<QuoteDto> {
    return mapQuote(await this.quotes.quote(transactions, toQuoteRequest(body)), this.currency);
  }
}
