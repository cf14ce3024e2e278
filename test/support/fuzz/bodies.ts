import * as fc from 'fast-check';
import { type Document, type Operation, resolveSchema, type Schema } from '../http/operations.js';
import { boundsOf, EVIL_NAMES, evilJson, evilText, valueOf } from './values.js';

/** A member of a JSON object; the name and the value are JSON text. */
type Member = readonly [name: string, value: string];

const evilBody: fc.Arbitrary<Buffer> = fc.oneof(
  evilJson.map((text) => Buffer.from(text)),
  evilJson.map((text) => Buffer.from(`[${text}]`)),
  evilText.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom('{', '{"a":', '{}{}', "{'a':1}", '{"a":1,}', 'NaN', '\ufeff{}', '/**/{}')
    .map((text) => Buffer.from(text)),
  fc.constantFrom(102_399, 102_400, 102_401, 150_000).map((length) => Buffer.alloc(length, ' ')),
  fc.constantFrom('[', '{"a":').map((open) => Buffer.from(open.repeat(15_000))),
  evilJson.map((text) => Buffer.from(text, 'utf16le')),
);

/** A documented body; undefined if the operation takes no body. */
export function validBody(
  document: Document,
  operation: Operation,
): fc.Arbitrary<Buffer | undefined> {
  if (!operation.body) return fc.constant(undefined);
  return membersOf(document, operation.body).map((members) => Buffer.from(write(members)));
}

/** A body with wrong values, unknown fields or missing fields, or one that is not a JSON object. */
export function invalidBody(
  document: Document,
  operation: Operation,
): fc.Arbitrary<Buffer | undefined> {
  if (!operation.body) return fc.option(evilBody, { nil: undefined });
  const { properties = {} } = resolveSchema(document, operation.body);
  const names = Object.keys(properties);
  const wrongValue = fc.constantFrom(...names, 'x').chain((name) => {
    const bounds = boundsOf(resolveSchema(document, properties[name] ?? {}));
    const values = bounds.map((value) => JSON.stringify(value));
    const value = values.length > 0 ? fc.oneof(evilJson, fc.constantFrom(...values)) : evilJson;
    return value.map((text): Member => [JSON.stringify(name), text]);
  });
  const stranger = fc
    .tuple(fc.oneof(fc.constantFrom(...EVIL_NAMES), evilText), evilJson)
    .map(([name, value]): Member => [JSON.stringify(name), value]);
  const left = fc.subarray(names).map((some) => new Set(some.map((name) => JSON.stringify(name))));
  const members = fc
    .tuple(
      membersOf(document, operation.body),
      fc.array(fc.oneof({ weight: 3, arbitrary: wrongValue }, stranger), { maxLength: 3 }),
      fc.option(left, { freq: 3 }),
    )
    .map(([good, evil, only]) => {
      const kept = only ? good.filter(([name]) => only.has(name)) : good;
      // If a name occurs twice, its last value counts.
      return Buffer.from(write([...kept, ...evil]));
    });
  return fc.oneof({ weight: 5, arbitrary: members }, { weight: 1, arbitrary: evilBody });
}

function membersOf(document: Document, reference: Schema): fc.Arbitrary<readonly Member[]> {
  const { properties = {}, required = [] } = resolveSchema(document, reference);
  const members = Object.entries(properties).map(([name, schema]) => {
    const member = valueOf(document, schema).map((value): Member => [
      JSON.stringify(name),
      JSON.stringify(value),
    ]);
    return required.includes(name) ? member : fc.option(member, { freq: 1 });
  });
  return fc.tuple(...members).map((some) => some.filter((member) => member !== null));
}

function write(members: readonly Member[]): string {
  return `{${members.map(([name, value]) => `${name}:${value}`).join(',')}}`;
}
