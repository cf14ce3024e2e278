import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type TariffDto, toTariff } from '../../../src/api-models/tariffs/tariff.dto.js';
import { tariffFaults } from '../../../src/api-models/tariffs/tariff-rules.js';
import { charge } from '../../../src/parking/tariffs/evaluation/charge.js';
import { summarize } from '../../../src/parking/tariffs/summary/summary.js';
import { Currency } from '../../../src/platform/money/money.js';
import { stayOf } from '../../support/tariffs/stays.js';

const TIME_ZONE = 'Europe/Berlin';
const CURRENCY = new Currency('EUR', 2);

const DEFAULTS = { grace_minutes: 0, minimum: 0, tax_percent: 0 };

/** The rows of a Markdown table, by the names of its columns. */
function tableRows(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = [], , ...rows] = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return rows.map((row) =>
    Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])),
  );
}

const [, examples = ''] = readFileSync('docs/tariffs.md', 'utf8').split(/^## Examples\n/mu);
const EXAMPLES = (examples.split(/^## /mu)[0] ?? '')
  .split(/^### /mu)
  .slice(1)
  .map((section) => {
    const body: TariffDto = JSON.parse(/```json\n(.*?)```/su.exec(section)?.[1] ?? '');
    const [title = ''] = section.split('\n');
    const [, summary = ''] = /^> (.*)$/mu.exec(section) ?? [];
    const tariff = toTariff({ ...DEFAULTS, ...body }, CURRENCY);
    return { title, body, tariff, summary, rows: tableRows(section) };
  });

describe('docs/tariffs.md', () => {
  it('has six valid tariffs with at least three stays each', () => {
    expect(EXAMPLES).toHaveLength(6);
    for (const { rows, body } of EXAMPLES) {
      expect(rows.length).toBeGreaterThanOrEqual(3);
      expect(tariffFaults({ ...DEFAULTS, ...body })).toEqual([]);
    }
  });

  it.each(EXAMPLES)('states how drivers read $title', ({ tariff, summary }) => {
    expect(summarize(tariff, (minor) => CURRENCY.format(minor)).join(' ')).toBe(summary);
  });

  it.each(
    EXAMPLES.flatMap(({ title, tariff, rows }) =>
      rows.map((row) => [title, row['from'], row['until'], row, tariff] as const),
    ),
  )('states what %s costs from %s to %s', (_, from = '', until = '', row, tariff) => {
    const local = (text: string) => text.replace(' ', 'T');
    const stay = stayOf(local(from), local(until), TIME_ZONE);
    const { total, tax } = charge(tariff, stay);
    expect(CURRENCY.format(total)).toBe(row['amount']);
    if (row['tax']) expect(CURRENCY.format(tax)).toBe(row['tax']);
  });
});
