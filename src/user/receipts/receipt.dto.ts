import { ApiInteger } from '../../platform/http/validation/numbers.js';
import { FastJsonDate } from '../../platform/http/fast-json/fast-json-date.js';
import type { Currency } from '../../platform/money/money.js';
import { ChargeDto, mapCharge } from '../../api-models/tariffs/charge.dto.js';
import type { Receipt } from '../../parking/reservations/pricing/receipts.service.js';

/** What a stay cost and why. Charging the stay by the tariff's version again gives the same result. */
export class ReceiptDto extends ChargeDto {
  /** Unique, and the same at every call. @example '2026-12' */
  number: string;

  /** @example 12 */
  @ApiInteger()
  booking_id: number;

  /** The driver's username. @example 'priya' */
  driver: string;

  /** The lot's current name; for a retired lot, its last name. @example 'Connaught Place Inner Circle' */
  lot_name: string;

  /** @example 'Block C, Connaught Place, New Delhi' */
  address: string;

  /** @example '1' */
  spot_number: string;

  /** @example 'DL 01 AB 1234' */
  vehicle_number: string | null;

  /** When the booking ended. @example '2026-03-01T11:00:00.000Z' */
  issued_at: Date;
}

export function mapReceipt(receipt: Receipt, currency: Currency): ReceiptDto {
  return {
    number: receipt.number,
    booking_id: receipt.bookingId,
    driver: receipt.driver,
    lot_name: receipt.lotName,
    address: receipt.address,
    spot_number: String(receipt.spotNumber),
    vehicle_number: receipt.vehicleNumber,
    issued_at: new FastJsonDate(receipt.issuedAt),
    ...mapCharge(receipt, currency),
  };
}
