import * as fc from 'fast-check';
import type { Document, Operation, Parameter } from '../http/operations.js';
import { boundsOf, EVIL_NAMES, evilText, valueOf } from './values.js';

/**
 * Placeholder for an id that the program has assigned to the client; replaced when the request is
 * sent.
 */
export const PLACEHOLDER_ID = '424242424242';

/** A parameter of a query string; the name and the value are encoded. */
type Pair = readonly [name: string, value: string];
type Writer = (parameter: Parameter) => fc.Arbitrary<string>;

/** A URL of the operation with documented parameters and query. */
export function validUrl(document: Document, operation: Operation): fc.Arbitrary<string> {
  return urlOf(operation, goodParameter(document));
}

/** A URL with wrong parameters, or with additional wrong ones. */
export function invalidUrl(document: Document, operation: Operation): fc.Arbitrary<string> {
  return fc.oneof(
    urlOf(operation, evilParameter),
    urlOf(operation, goodParameter(document), evilPairs),
  );
}

function urlOf(
  { path, parameters }: Operation,
  write: Writer,
  extra: fc.Arbitrary<readonly Pair[]> = fc.constant([]),
): fc.Arbitrary<string> {
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  return fc
    .tuple(
      fc.tuple(...inPath.map(write)),
      fc.tuple(...inQuery.map((parameter) => fc.option(write(parameter), { freq: 1 }))),
      extra,
    )
    .map(([places, values, pairs]) => {
      const filled = inPath.reduce(
        (text, { name }, index) => text.replace(`{${name}}`, () => places[index] ?? ''),
        path,
      );
      const query = [
        ...inQuery.flatMap(({ name }, index): Pair[] => {
          const value = values[index];
          return value === undefined || value === null ? [] : [[name, value]];
        }),
        ...pairs,
      ].map(([name, value]) => `${name}=${value}`);
      return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
    });
}

function goodParameter(document: Document): Writer {
  return (parameter) => {
    const { schema } = parameter;
    const value = valueOf(document, schema).map(escape);
    const isId = parameter.in === 'path' && schema.type === 'integer';
    return isId ? fc.oneof(value, fc.constant(PLACEHOLDER_ID)) : value;
  };
}

const evilText1000 = evilText.filter((text) => text.length < 1_000).map(escape);

function evilParameter({ schema }: Parameter): fc.Arbitrary<string> {
  const bounds = boundsOf(schema).map(escape);
  const raw = ['%', '%zz', '%c0%80', '%ff', '%00', '..', '%2e%2e', '%2f', '1%00', ';', '1%0a'];
  return fc.oneof(evilText1000, fc.constantFrom(...raw, ...bounds));
}

const evilPairs: fc.Arbitrary<readonly Pair[]> = fc.array(
  fc.tuple(
    fc.oneof(
      fc.constantFrom('limit', 'cursor', 'status', 'search', 'limit[]', 'limit[a]', 'cursor[0]'),
      fc.constantFrom(...EVIL_NAMES.map(escape), '__proto__[role]', '%', '%zz', '&', '='),
    ),
    fc.oneof(
      evilText1000,
      // The last ones are cursors: sort keys in Base64 ("1", "1.2", "6.8", "0.0").
      fc.constantFrom('1', '501', '-1', '%zz', '%00', '1&limit=2', 'MQ', 'MS4y', 'Ni44', 'MC4w'),
    ),
  ),
  { minLength: 1, maxLength: 4 },
);

/** Percent-encodes the value as UTF-8, in which a lone surrogate becomes the replacement character. */
function escape(value: unknown): string {
  return encodeURIComponent(Buffer.from(String(value)).toString());
}
