import { Controller, Get, Header, Headers, Param, Res } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import Negotiator from 'negotiator';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { REPORT_CSP } from '../../platform/http/server/security-headers.js';
import { ApiId, IdPipe } from '../../platform/http/validation/id.pipe.js';
import { Currency } from '../../platform/money/money.js';
import type { Principal } from '../../platform/principal.js';
import { ReceiptsService } from '../../parking/reservations/pricing/receipts.service.js';
import { mapReceipt, ReceiptDto } from './receipt.dto.js';
import { receiptPage } from './receipt-page.js';

@ApiTags('User: parking')
@Roles('user')
@Controller('api/user/bookings')
export class UserReceiptsController {
  constructor(
    private readonly receipts: ReceiptsService,
    private readonly currency: Currency,
  ) {}

  @ApiOperation({
    summary: 'The receipt of a booking that is over',
    description: 'As JSON, or as a printable page if `Accept` prefers `text/html`.',
  })
  @ApiExtraModels(ReceiptDto)
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(ReceiptDto) } },
      'text/html': { schema: { type: 'string' } },
    },
  })
  @ApiProblems('VALIDATION_FAILED', 'BOOKING_NOT_FOUND', 'BOOKING_NOT_OVER')
  @ApiId()
  @Header('vary', 'Accept')
  @Get(':id/receipt')
  async getReceipt(
    @CurrentPrincipal() principal: Principal,
    @Param('id', IdPipe) id: number,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceiptDto | string> {
    const receipt = await this.receipts.find(principal.id, id);
    if (!prefersHtml(accept)) return mapReceipt(receipt, this.currency);
    void reply.type('text/html; charset=utf-8').header('content-security-policy', REPORT_CSP);
    return receiptPage(receipt, this.currency);
  }
}

function prefersHtml(accept: string | undefined): boolean {
  const negotiator = new Negotiator({ headers: { accept } });
  return negotiator.mediaType(['application/json', 'text/html']) === 'text/html';
}
