import { describe, expect, it } from 'vitest';
import type { RateConditions } from '../../tariff.js';
import { conditionPhrases } from './conditions.js';

const phraseOf = (conditions: RateConditions) =>
  conditionPhrases({ name: 'Rate', ...conditions, per_minutes: 30, price: 2000 }).join(', ');

describe('the conditions of a rate in words', () => {
  it.each([
    [{ days: ['sat'] }, 'Saturdays'],
    [{ days: ['sun', 'sat'] }, 'Saturday and Sunday'],
    [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'] }, 'Monday to Friday'],
    [{ days: ['sun', 'mon', 'sat'] }, 'Saturday to Monday'],
    [{ days: ['mon', 'wed', 'fri'] }, 'Monday, Wednesday and Friday'],
    [{ days: ['mon', 'tue', 'wed', 'fri', 'sat'] }, 'Monday to Wednesday, Friday and Saturday'],
    [{ days: ['mon', 'sun'] }, 'Sunday and Monday'],
    [{ from: '08:00', until: '18:00' }, '08:00 to 18:00'],
    [{ from: '18:00', until: '08:00' }, '18:00 to 08:00'],
    [{ from: '18:00', until: '00:00' }, '18:00 to 24:00'],
    [{ days: ['fri'], from: '22:00', until: '06:00' }, 'Fridays, 22:00 to 06:00 the next day'],
    [{ days: ['fri'], from: '06:00', until: '06:00' }, 'Fridays, 06:00 to 06:00 the next day'],
    [{ days: ['fri'], from: '22:00', until: '00:00' }, 'Fridays, 22:00 to 24:00'],
    [{ days: ['fri'], from: '00:00', until: '00:00' }, 'Fridays'],
    [{ until_minute: 120 }, 'first 2 hours'],
    [{ until_minute: 60 }, 'first hour'],
    [{ until_minute: 1 }, 'first minute'],
    [{ until_minute: 45 }, 'first 45 minutes'],
    [{ from_minute: 60 }, 'after the first hour'],
    [{ from_minute: 90 }, 'after the first 90 minutes'],
    [{ from_minute: 120, until_minute: 240 }, 'from 2 to 4 hours'],
    [{ from_minute: 60, until_minute: 120 }, 'from 1 to 2 hours'],
    [{ from_minute: 15, until_minute: 55 }, 'from 15 to 55 minutes'],
    [{ from_minute: 30, until_minute: 60 + 120 }, 'from 30 minutes to 3 hours'],
    [{ from_minute: 60, until_minute: 150 }, 'from 1 hour to 150 minutes'],
    [{ from_minute: 0, until_minute: 120 }, 'first 2 hours'],
    [
      { days: ['mon', 'tue', 'wed'], from: '08:00', until: '18:00', from_minute: 60 },
      'Monday to Wednesday, 08:00 to 18:00, after the first hour',
    ],
  ] as [RateConditions, string][])('names the conditions %j: %s', (conditions, words) => {
    expect(phraseOf(conditions)).toBe(words);
  });

  it.each([
    [['2026-12-25'], '25 December 2026'],
    [['2026-12-25', '2026-12-24', '2026-12-26'], '24 to 26 December 2026'],
    [['2026-12-25', '2026-05-01'], '1 May and 25 December 2026'],
    [['2026-04-30', '2026-05-01', '2026-05-01'], '30 April to 1 May 2026'],
    [['2026-12-31', '2027-01-01'], '31 December 2026 to 1 January 2027'],
    [['2026-12-25', '2027-01-01'], '25 December 2026 and 1 January 2027'],
    [['2028-02-28', '2028-02-29', '2028-03-01'], '28 February to 1 March 2028'],
    [
      ['2026-01-01', '2026-03-01', '2026-05-01', '2026-07-01', '2026-09-01'],
      '5 dates from 1 January 2026 to 1 September 2026',
    ],
  ])('lists dates, or counts them: %j', (dates, words) => {
    expect(phraseOf({ dates })).toBe(words);
  });

  it('lists the dates that are on one of the days, if both are given', () => {
    const dates = ['2026-12-25', '2026-12-26', '2026-12-27'];
    expect(phraseOf({ dates, days: ['sat', 'sun'] })).toBe('26 to 27 December 2026');
  });
});
