import { ApiProperty } from '@nestjs/swagger';
import { AccountDto } from '../../api-models/accounts/account.dto.js';
import { BookingDto } from '../../api-models/booking.dto.js';
import { OwnSessionDto } from '../../api-models/accounts/session.dto.js';
import { VehicleDto } from '../../api-models/vehicle.dto.js';
import {
  StoredAuditEntryDto,
  StoredDeliveryDto,
  StoredExportDto,
  StoredGateEventDto,
  StoredLinkDto,
  StoredNetworkDto,
  StoredRecordDto,
  StoredReportDto,
} from './stored-rows.dto.js';

/** The account, with everything that is stored in its row except the password's hash. */
export class StoredAccountDto extends AccountDto {
  /** When an operator disabled the account; null if it can log in. @example null */
  disabled_at: Date | null;

  /** When the e-mail address was confirmed; null until then. 1970 if it was stored by a version without confirmation. @example '2026-03-01T09:30:00.000Z' */
  email_confirmed_at: Date | null;

  /** When the person unsubscribed from reminders; null if they are sent. @example null */
  unsubscribed_at: Date | null;
}

/** Everything that is stored about the caller. */
export class StoredDataDto {
  /** When the program began to read the data. Later changes may be included. @example '2026-03-01T09:30:00.000Z' */
  read_at: Date;

  account: StoredAccountDto;

  /** Logins that have not ended. At most 20. */
  @ApiProperty({ type: [OwnSessionDto] })
  sessions: readonly OwnSessionDto[];

  /**
   * Networks from which the account has logged in: wrong passwords from other networks do not count
   * against logins from these. At most 20.
   */
  @ApiProperty({ type: [StoredNetworkDto] })
  login_networks: readonly StoredNetworkDto[];

  /** Links that were issued and are valid. The links themselves are not stored. */
  @ApiProperty({ type: [StoredLinkDto] })
  links: readonly StoredLinkDto[];

  /** The vehicles of the account, at most 20. */
  @ApiProperty({ type: [VehicleDto] })
  vehicles: readonly VehicleDto[];

  /** Bookings of every status, the latest start first. */
  @ApiProperty({ type: [BookingDto] })
  bookings: readonly BookingDto[];

  /** Events at gates that concern these bookings. */
  @ApiProperty({ type: [StoredGateEventDto] })
  gate_events: readonly StoredGateEventDto[];

  /** Exports of the bookings. */
  @ApiProperty({ type: [StoredExportDto] })
  exports: readonly StoredExportDto[];

  /** Monthly reports. */
  @ApiProperty({ type: [StoredReportDto] })
  reports: readonly StoredReportDto[];

  /** Messages to the person: sent, failed, or withheld by a limit. */
  @ApiProperty({ type: [StoredDeliveryDto] })
  deliveries: readonly StoredDeliveryDto[];

  /** Stored responses to requests with an `Idempotency-Key`, kept for 24 hours. */
  @ApiProperty({ type: [StoredRecordDto] })
  idempotency_records: readonly StoredRecordDto[];

  /** Actions of the account and failed logins with its name; then actions of others on it and its bookings. */
  @ApiProperty({ type: [StoredAuditEntryDto] })
  audit_entries: readonly StoredAuditEntryDto[];
}
