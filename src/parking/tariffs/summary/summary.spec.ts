import { describe, expect, it } from 'vitest';
import { formatMinorUnits } from '../../../platform/money/money.js';
import { summarize } from './summary.js';
import { hourlyTariff, type Rate, type Tariff, WEEKDAYS } from '../tariff.js';

const format = (minor: number) => formatMinorUnits(minor, 2);
const LAST: Rate = { name: 'Last', per_minutes: 60, price: 5000 };
const ratesIn = (...rates: Rate[]) => summarize({ ...hourlyTariff(0), rates }, format);

describe('the summary of a tariff', () => {
  it('reads like a sign at the entrance', () => {
    const city: Tariff = {
      name: 'City centre',
      grace_minutes: 10,
      minimum: 500,
      tax_basis_points: 1800,
      rates: [
        { name: 'Sunday', days: ['sun'], per_minutes: 60, price: 0 },
        { name: 'Evening', from: '18:00', until: '08:00', flat: 6000 },
        { name: 'First two hours', until_minute: 120, per_minutes: 30, price: 2000 },
        { name: 'After that', per_minutes: 60, price: 5000 },
      ],
      caps: [
        { per: 'stay', amount: 90_000 },
        { per: '24_hours', amount: 30_000 },
      ],
    };
    expect(summarize(city, format)).toEqual([
      'Stays of up to 10 minutes are free.',
      'Sundays: free.',
      '18:00 to 08:00: 60.00 flat.',
      'First 2 hours: 20.00 per 30 minutes.',
      'If several of these apply, the first one counts.',
      'Otherwise 50.00 per hour.',
      'At most 300.00 per 24 hours.',
      'At most 900.00 per stay.',
      'At least 5.00 for a longer stay.',
      'Prices include 18 % tax.',
    ]);
  });

  it('of an hourly price is one sentence', () => {
    expect(summarize(hourlyTariff(5000), format)).toEqual(['50.00 per hour.']);
    expect(summarize(hourlyTariff(0), format)).toEqual(['Free.']);
  });

  it.each([
    [{ per_minutes: 1, price: 10 }, '0.10 per minute'],
    [{ per_minutes: 30, price: 2000 }, '20.00 per 30 minutes'],
    [{ per_minutes: 90, price: 2000 }, '20.00 per 90 minutes'],
    [{ per_minutes: 120, price: 2000 }, '20.00 per 2 hours'],
    [{ per_minutes: 1440, price: 2000 }, '20.00 per 24 hours'],
    [{ per_minutes: 30, price: 0 }, 'free'],
    [{ flat: 6000 }, '60.00 flat'],
    [{ flat: 0 }, 'free'],
  ])('describes the price %j as "%s"', (price, words) => {
    const rate: Rate = { name: 'Rate', from: '08:00', until: '18:00', ...price };
    expect(ratesIn(rate, LAST)).toEqual([`08:00 to 18:00: ${words}.`, 'Otherwise 50.00 per hour.']);
  });

  it('names one amount if the minutes allow one unit only', () => {
    const rates: Rate[] = [
      { name: 'First', until_minute: 60, per_minutes: 60, price: 300 },
      { name: 'Second', from_minute: 60, until_minute: 120, per_minutes: 60, price: 200 },
      { name: 'Free', per_minutes: 60, price: 0 },
    ];
    expect(ratesIn(...rates)).toEqual([
      'First hour: 3.00.',
      'From 1 to 2 hours: 2.00.',
      'Otherwise free.',
    ]);
  });

  it('names a flat rate for the whole day by the calendar day', () => {
    const daily = { from: '00:00', until: '00:00', flat: 900 };
    expect(ratesIn({ name: 'Daily', ...daily }, LAST)).toEqual(['9.00 per calendar day.']);
    expect(ratesIn({ name: 'Sunday', ...daily, days: ['sun'] }, LAST)).toEqual([
      'Sundays: 9.00 per calendar day.',
      'Otherwise 50.00 per hour.',
    ]);
    expect(ratesIn({ name: 'Daily', from: '06:00', until: '06:00', flat: 900 }, LAST)).toEqual([
      '06:00 to 06:00 the next day: 9.00 flat.',
    ]);
  });

  it('leaves out rates that no stay can reach', () => {
    const rate = { name: 'Rate', per_minutes: 30, price: 2000 };
    const never: Rate[] = [
      { ...rate, from_minute: 60, until_minute: 60 },
      { ...rate, days: ['mon'], dates: ['2026-12-25'] },
    ];
    expect(ratesIn(...never, LAST)).toEqual(['50.00 per hour.']);
    expect(ratesIn({ ...rate, days: [...WEEKDAYS] }, LAST)).toEqual(['20.00 per 30 minutes.']);
    expect(ratesIn({ ...rate, from_minute: 0 }, LAST)).toEqual(['20.00 per 30 minutes.']);
  });

  it.each([
    [{ grace_minutes: 1 }, 'Stays of up to 1 minute are free.'],
    [{ grace_minutes: 60 }, 'Stays of up to 1 hour are free.'],
    [{ caps: [{ per: 'calendar_day', amount: 100 }] }, 'At most 1.00 per calendar day.'],
    [{ minimum: 100 }, 'At least 1.00 per stay.'],
    [{ tax_basis_points: 825 }, 'Prices include 8.25 % tax.'],
    [{ tax_basis_points: 1 }, 'Prices include 0.01 % tax.'],
    [{ tax_basis_points: 10_000 }, 'Prices include 100 % tax.'],
  ] as [Partial<Tariff>, string][])('describes %j as "%s"', (more, sentence) => {
    const sentences = summarize({ ...hourlyTariff(5000), ...more }, format);
    expect(sentences.toSorted()).toEqual(['50.00 per hour.', sentence].toSorted());
  });
});
