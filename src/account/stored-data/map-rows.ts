import { shownValues } from '../../api-models/shown-values.js';
import type { Account } from '../../auth/accounts/account.entity.js';
import type { Export } from '../../jobs/exports/export.entity.js';
import { mapAccount } from '../../api-models/accounts/account.dto.js';
import type { PersonalEntry } from '../../people/stored-data/audit-pages.js';
import type { GateEventRow } from '../../people/stored-data/booking-pages.js';
import type { DeliveryRow, RecordRow, ReportRow } from '../../people/stored-data/message-pages.js';
import type { LinkRow, NetworkRow } from '../../people/stored-data/stored-data-queries.js';
import { FastJsonDate } from '../../platform/http/fast-json/fast-json-date.js';
import type { Currency } from '../../platform/money/money.js';
import type { StoredAccountDto } from './stored-data.dto.js';
import type {
  StoredAuditEntryDto,
  StoredDeliveryDto,
  StoredExportDto,
  StoredGateEventDto,
  StoredLinkDto,
  StoredNetworkDto,
  StoredRecordDto,
  StoredReportDto,
} from './stored-rows.dto.js';

export function mapStoredAccount(account: Account): StoredAccountDto {
  return {
    ...mapAccount(account),
    disabled_at: account.disabledAt,
    email_confirmed_at: account.emailConfirmedAt,
    unsubscribed_at: account.unsubscribedAt,
  };
}

export function mapNetwork({ network, usedAt }: NetworkRow): StoredNetworkDto {
  return { network, last_used_at: new FastJsonDate(usedAt) };
}

export function mapLink({ purpose, mailed, createdAt, expiresAt }: LinkRow): StoredLinkDto {
  return {
    purpose,
    mailed: mailed === 1,
    created_at: new FastJsonDate(createdAt),
    expires_at: new FastJsonDate(expiresAt),
  };
}

export function mapGateEvent(row: GateEventRow, currency: Currency): StoredGateEventDto {
  return {
    id: row.id,
    gate_id: row.gateId,
    lot_id: row.lotId,
    booking_id: row.bookingId,
    direction: row.direction,
    plate: row.plate,
    at: new FastJsonDate(row.at),
    received_at: new FastJsonDate(row.receivedAt),
    action: row.action,
    reason: row.reason,
    spot_number: row.spotNumber === null ? null : String(row.spotNumber),
    cost: row.cost === null ? null : currency.fromMinor(row.cost),
  };
}

export function mapStoredExport(row: Export): StoredExportDto {
  return {
    task_id: row.id,
    status: row.status,
    total_bookings: row.totalBookings,
    error: row.error,
    created_at: row.createdAt,
    finished_at: row.finishedAt,
    expires_at: row.expiresAt,
  };
}

export function mapReport({ period, content, createdAt }: ReportRow): StoredReportDto {
  return {
    period,
    created_at: new FastJsonDate(createdAt),
    content: JSON.parse(content) as object,
  };
}

export function mapDelivery(row: DeliveryRow): StoredDeliveryDto {
  const { subject, channel, status, error, updatedAt } = row;
  return { subject, channel, status, error, updated_at: new FastJsonDate(updatedAt) };
}

export function mapRecord({ outcome, createdAt, usedAt }: RecordRow): StoredRecordDto {
  return {
    created_at: new FastJsonDate(createdAt),
    last_used_at: new FastJsonDate(usedAt),
    outcome: JSON.parse(outcome) as object,
  };
}

export function mapEntry(row: PersonalEntry, currency: Currency): StoredAuditEntryDto {
  const { targetType, before, after } = row;
  return {
    id: row.id,
    timestamp: new FastJsonDate(row.recordedAt),
    action: row.action,
    actor_id: row.actorId,
    client_address: row.clientAddress,
    target_type: targetType,
    target_id: row.targetId,
    before: before && shownValues(targetType, before, currency),
    after: after && shownValues(targetType, after, currency),
  };
}
