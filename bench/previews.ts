const MINUTE = { name: 'Minute', per_minutes: 1, price: 1 };
const DAILY_CAP = [{ per: 'calendar_day', amount: 100 }];

/** Bodies of previews that take long to validate or to evaluate; each key names what is extreme. */
export function worstPreviews(): Readonly<Record<string, string>> {
  return {
    '100 stays of ten years': preview([MINUTE], stays(100)),
    '5 stays of ten years with a cap per day': preview([MINUTE], stays(5), DAILY_CAP),
    'most lines': preview(windows(5), stays(1, 5)),
    'too many lines': preview(windows(19), stays(100), DAILY_CAP),
    '366 dates': preview([{ ...MINUTE, dates: dates(366) }, MINUTE], stays(1), DAILY_CAP),
    '20 rates with a fault in every field': preview(faultyRates(20), stays(1)),
    '100 faulty stays': preview(
      [MINUTE],
      Array.from({ length: 100 }, () => ({ from: 1, until: null })),
    ),
    '240 rates': preview(
      Array.from({ length: 240 }, () => ({ name: 'x', price: 1 })),
      [],
    ),
  };
}

function preview(rates: readonly object[], stays: readonly object[], caps?: object): string {
  return JSON.stringify({ tariff: { name: 'Worst', rates, caps }, stays, time_zone: 'Asia/Tokyo' });
}

function stays(count: number, years = 10): readonly object[] {
  const until = `${2026 + years}-03-02T00:00:00Z`;
  return Array.from({ length: count }, () => ({ from: '2026-03-02T00:00:00Z', until }));
}

/** Rates that each apply for half an hour a day, and one that applies for the rest of the day. */
function windows(count: number): readonly object[] {
  const hour = (index: number) => String(index).padStart(2, '0');
  const rates = Array.from({ length: count }, (_, index) => ({
    ...MINUTE,
    from: `${hour(index)}:00`,
    until: `${hour(index)}:30`,
  }));
  return [...rates, MINUTE];
}

function dates(count: number): readonly string[] {
  return Array.from({ length: count }, (_, day) =>
    new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
  );
}

function faultyRates(count: number): readonly object[] {
  const fields = ['name', 'days', 'dates', 'from', 'until', 'from_minute', 'until_minute'];
  const names = [...fields, 'per_minutes', 'price', 'flat', ...Array(12).keys()];
  return Array.from({ length: count }, () => Object.fromEntries(names.map((name) => [name, {}])));
}
