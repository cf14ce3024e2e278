import { Readable } from 'node:stream';
import { Controller, Get, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { mapBooking } from '../../api-models/booking.dto.js';
import { mapOwnSession } from '../../api-models/accounts/session.dto.js';
import { mapVehicle } from '../../api-models/vehicle.dto.js';
import { CurrentPrincipal, Roles } from '../../auth/access/access.js';
import {
  type StoredData,
  StoredDataQueries,
} from '../../people/stored-data/stored-data-queries.js';
import { Currency } from '../../platform/money/money.js';
import type { Principal } from '../../platform/principal.js';
import { jsonStream, mapPages, type StreamedObject } from './json-stream.js';
import {
  mapDelivery,
  mapEntry,
  mapGateEvent,
  mapLink,
  mapNetwork,
  mapRecord,
  mapReport,
  mapStoredAccount,
  mapStoredExport,
} from './map-rows.js';
import { StoredDataDto } from './stored-data.dto.js';

@ApiTags('Account')
@Roles('admin', 'user')
@Controller('api/auth/me/data')
export class StoredDataController {
  constructor(
    private readonly stored: StoredDataQueries,
    private readonly currency: Currency,
  ) {}

  @ApiOperation({
    summary: 'Everything that is stored about the account, as one document',
    description:
      'The response is sent while the data is read, so its size has no limit. At most 10 requests ' +
      'per hour. The password is stored as a hash only, which is not included.',
  })
  @ApiOkResponse({ type: StoredDataDto })
  @Get()
  async getStoredData(@CurrentPrincipal() principal: Principal): Promise<StreamableFile> {
    const document = this.documentOf(await this.stored.of(principal), principal);
    return new StreamableFile(Readable.from(jsonStream(document)), {
      type: 'application/json; charset=utf-8',
      disposition: 'attachment; filename="vpms-data.json"',
    });
  }

  private documentOf(data: StoredData, principal: Principal): StreamedObject<StoredDataDto> {
    const { currency } = this;
    const presentation = { currency, now: data.at };
    return {
      read_at: data.at,
      account: mapStoredAccount(data.account),
      sessions: data.sessions.map((row) => mapOwnSession(row, principal.sessionId)),
      login_networks: data.networks.map(mapNetwork),
      links: data.links.map(mapLink),
      vehicles: data.vehicles.map(mapVehicle),
      bookings: mapPages(data.bookings, (row) => mapBooking(row, presentation)),
      gate_events: mapPages(data.gateEvents, (row) => mapGateEvent(row, currency)),
      exports: data.exports.map(mapStoredExport),
      reports: mapPages(data.reports, mapReport),
      deliveries: mapPages(data.deliveries, mapDelivery),
      idempotency_records: mapPages(data.records, mapRecord),
      audit_entries: mapPages(data.auditEntries, (row) => mapEntry(row, currency)),
    };
  }
}
