import { describe, expect, it } from 'vitest';
import { currencyDecimals } from '../../platform/money/currencies.js';
import { Currency } from '../../platform/money/money.js';
import type { BookingRow } from '../../parking/reservations/booking-queries.js';
import { csvHeader, csvLines } from './csv.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const PARKED = Date.parse('2026-03-01T09:30:00.000Z');

const BOOKING: BookingRow = {
  id: 7,
  spotId: 70,
  spotNumber: 3,
  lotId: 1,
  lotName: 'Central',
  address: '1 Main Street',
  userId: 5,
  status: 'completed',
  startsAt: PARKED,
  parkedAt: PARKED,
  leftAt: PARKED + 3_600_001,
  reservedFrom: null,
  reservedUntil: null,
  holdExpiresAt: null,
  endedAt: null,
  dueAt: null,
  policyId: null,
  pricePerHour: 2500,
  tariffId: null,
  lotTimeZone: null,
  currentPrice: 9900,
  cost: 5000,
  vehicleNumber: 'DL 01',
  remarks: null,
  createdAt: PARKED,
  updatedAt: PARKED,
};

function line(booking: Partial<BookingRow>, currency = 'INR'): string {
  return csvLines(
    [{ ...BOOKING, ...booking }],
    new Currency(currency, currencyDecimals(currency)),
    NOW,
  );
}

it('csvHeader returns the columns of the contract', () => {
  expect(csvHeader()).toBe(
    'Reservation ID,Spot ID,Spot Number,Parking Lot,Address,Vehicle Number,Parking Timestamp,' +
      'Leaving Timestamp,Duration (hours),Cost,Currency,Status,Remarks\r\n',
  );
});

describe('csvLines', () => {
  it('writes a completed booking', () => {
    expect(line({})).toBe(
      '7,70,3,Central,1 Main Street,DL 01,2026-03-01T09:30:00.000Z,2026-03-01T10:30:00.001Z,' +
        '1.00,50.00,INR,Completed,\r\n',
    );
  });

  it('leaves the end and the cost of an active booking empty, and computes its duration up to now', () => {
    expect(line({ leftAt: null, cost: null, vehicleNumber: null })).toBe(
      '7,70,3,Central,1 Main Street,,2026-03-01T09:30:00.000Z,,2.50,,INR,Active,\r\n',
    );
  });

  it.each([
    ['INR', 5, ',0.05,INR,'],
    ['JPY', 5, ',5,JPY,'],
    ['KWD', 5, ',0.005,KWD,'],
    ['INR', 0, ',0.00,INR,'],
    ['INR', 100_000_000_00, ',100000000.00,INR,'],
  ])('writes the cost with the decimals of %s', (currency, cost, expected) => {
    expect(line({ cost }, currency)).toContain(expected);
  });

  it.each([
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['a\nb', '"a\nb"'],
    ['a\rb', '"a\rb"'],
    ['a\r\nb', '"a\r\nb"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    ['=a,"b"', '"\'=a,""b"""'],
    ['a=1', 'a=1'],
    [' =1', ' =1'],
    ["'x", "'x"],
    ['🅿️', '🅿️'],
  ])('writes the text %j as %j', (text, cell) => {
    expect(line({ remarks: text })).toMatch(/Completed,/);
    expect(line({ remarks: text }).split('Completed,')[1]).toBe(`${cell}\r\n`);
    expect(line({ lotName: text })).toContain(`7,70,3,${cell},1 Main Street`);
    expect(line({ address: text })).toContain(`,Central,${cell},DL 01`);
    expect(line({ vehicleNumber: text })).toContain(`,1 Main Street,${cell},2026`);
  });
});
