import * as fc from 'fast-check';
import { DAY } from '../../../src/platform/time/durations.js';
import { type Document, resolveSchema, type Schema } from '../http/operations.js';

/** Generated ids are mostly up to this number, so that many of them exist. */
const LIKELY_IDS = 60;
/** Windows that begin soon after this instant can be booked. */
const STARTED = Date.now();

/**
 * Texts that often break programs: NUL, lone surrogates, control and bidirectional characters,
 * markup, SQL, paths and formulas.
 */
const EVIL_TEXTS = [
  ['', ' ', '\t', '\r\n', '\0', 'a\0b', '\ud800', '\udc00\ud800', 'a\udfff', '\ufeff', '\u0085'],
  ['\u202eabc', '\u200b', 'é', 'e\u0301', 'ﬀ', 'İ', 'ß', '𝟙', '👨‍👩‍👧‍👦', '\uffff', '\u{10ffff}'],
  ["' OR '1'='1", "'; DROP TABLE accounts; --", '%', '_', '\\', '"', '$1', ':id', '?', '${7*7}'],
  ['{{7*7}}', '<script>alert(1)</script>', '../../../etc/passwd', '=1+1', '@SUM(A1)', '%00', '%s'],
  ['__proto__', 'constructor', 'null', 'undefined', 'NaN', 'true', '0', '-1', '1e309', '0x10'],
  ['999999999999999999999', '2026-13-45', '2026-02-30', '0000-00', '9999-99', '+010000-01'],
].flat();

/** JSON text that almost no field accepts. */
const EVIL_JSON = [
  ['null', 'true', 'false', '0', '-0', '-1', '1.5', '0.005', '12.345', '1e2', '1E-7', '5e-324'],
  ['1e308', '1e309', '-1e400', '2147483648', '9007199254740993', '9223372036854775808'],
  [`1${'0'.repeat(400)}`, `0.${'0'.repeat(400)}1`, '[]', '{}', '[[]]', '[null]', '{"":""}'],
  ['{"__proto__":{"role":"admin"}}', '{"constructor":{"prototype":{"role":"admin"}}}'],
  ['{"length":1e9}', '{"toString":1,"valueOf":2}', '{"toJSON":"x"}', '{"then":"x"}'],
  ['{"$gt":""}', '{"$ref":"#"}', '["1","2"]', '{"0":1}', '"\\u0000"', '"\\ud800"', '"\\u2028"'],
].flat();

/** Field and parameter names with a meaning in JavaScript or elsewhere, and random ones. */
export const EVIL_NAMES = [
  ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'toJSON'],
  ['then', 'length', 'id', 'role', 'user_id', 'created_at', 'price_per_hour', 'is_admin', ''],
  ['0', 'a.b', 'a[b]', '$where', '\0', '\ud800', ' ', 'limit', 'cursor', 'x'.repeat(3_000)],
].flat();

export const evilText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...EVIL_TEXTS) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 600, size: 'max' }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('a', '🅿', '\0', ' ', '9', '%'), fc.constantFrom(255, 256, 5_000))
      .map(([character, length]) => character.repeat(length)),
  },
);

const nested = fc
  .tuple(fc.constantFrom(['[', ']'], ['{"a":', '}']), fc.constantFrom(50, 1_000, 15_000))
  .map(([[open = '', close = ''], depth]) => `${open.repeat(depth)}1${close.repeat(depth)}`);

/** A JSON value as text that is wrong for almost every field. */
export const evilJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...EVIL_JSON) },
  { weight: 5, arbitrary: evilText.map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: nested },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  { weight: 1, arbitrary: fc.json() },
);

/** A copy of the documented example, which the caller may change. */
function exampleOf(example: unknown): fc.Arbitrary<unknown> {
  return fc.constant(example).map((value) => structuredClone(value));
}

/** A value that the schema allows; for a URL, its text. */
export function valueOf(document: Document, reference: Schema): fc.Arbitrary<unknown> {
  const schema = resolveSchema(document, reference);
  const { enum: choices, type, minimum = 0, maximum = 1e9, items, example } = schema;
  if (choices) return fc.constantFrom(...choices);
  switch (type) {
    case 'integer':
      return fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: minimum, max: Math.min(maximum, LIKELY_IDS) }) },
        { weight: 1, arbitrary: fc.constantFrom(minimum, maximum) },
      );
    case 'number': {
      const number = fc
        .integer({ min: minimum * 100, max: Math.min(maximum, 100_000) * 100 })
        .map((cents) => cents / 100);
      return example === undefined ? number : fc.oneof(number, exampleOf(example));
    }
    case 'boolean':
      return fc.boolean();
    case 'array': {
      const list = fc.array(items ? valueOf(document, items) : fc.jsonValue(), { maxLength: 3 });
      return example === undefined ? list : fc.oneof(list, exampleOf(example));
    }
    case 'object': {
      const object = objectOf(document, schema);
      return example === undefined ? object : fc.oneof(object, exampleOf(example));
    }
    case 'string':
      return textOf(schema);
    default:
      return fc.jsonValue();
  }
}

function objectOf(
  document: Document,
  { properties = {}, required = [] }: Schema,
): fc.Arbitrary<unknown> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, schema] of Object.entries(properties)) fields[name] = valueOf(document, schema);
  return fc.record(fields, { requiredKeys: [...required] });
}

/** Values at the limits of the schema and just beyond them. */
export function boundsOf({ minimum, maximum, minLength, maxLength }: Schema): unknown[] {
  const numbers = [minimum, maximum].flatMap((bound) =>
    bound === undefined ? [] : [bound - 1, bound, bound + 1, bound + 0.01, String(bound)],
  );
  const lengths = [minLength, maxLength].flatMap((bound) =>
    bound === undefined ? [] : [bound - 1, bound, bound + 1],
  );
  const texts = lengths.flatMap((length) => ['x', '🅿', '1'].map((each) => each.repeat(length)));
  return [...numbers, ...texts];
}

/**
 * Placeholder for a task that the program has created for the client; replaced when the request is
 * sent.
 */
export const PLACEHOLDER_TASK = '00000000-0000-4000-8000-000000000000';

/** Mostly within the next day, so that a generated time can be booked. */
const instant = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: DAY }).map((later) => new Date(STARTED + later)),
  },
  fc.date({ noInvalidDate: true }),
);

function textOf(schema: Schema): fc.Arbitrary<unknown> {
  const { format, pattern, example, minLength = 0, maxLength = 60 } = schema;
  const fits = (text: string) => text.length >= minLength && text.length <= maxLength;
  const arbitrary = (): fc.Arbitrary<unknown> => {
    if (format === 'uuid') {
      return fc.oneof({ weight: 3, arbitrary: fc.constant(PLACEHOLDER_TASK) }, fc.uuid());
    }
    if (format === 'email') return fc.emailAddress().filter(fits);
    if (format === 'date-time') return instant.map((date) => date.toISOString());
    if (format === 'date') return instant.map((date) => date.toISOString().split('T')[0]);
    if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u')).filter(fits);
    return fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 60) });
  };
  return example === undefined || format === 'uuid'
    ? arbitrary()
    : fc.oneof(arbitrary(), exampleOf(example));
}
