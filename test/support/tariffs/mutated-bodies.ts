import {
  type Arbitrary,
  array,
  constantFrom,
  integer,
  jsonValue,
  oneof,
  record,
  tuple,
} from 'fast-check';

type Container = Record<string | number, unknown>;

/** Names that a body may have in the wrong place, or that mean something in JavaScript. */
const NAMES = [
  ['name', 'rates', 'caps', 'days', 'dates', 'from', 'until', 'flat', 'price', 'per', 'amount'],
  ['constructor', '__proto__', 'prototype', 'toString', 'then', 'length', 'toJSON', '0', ''],
].flat();

const values = oneof(
  constantFrom(null, true, 0, -1, 0.005, 1e21, 5e-324, '', '0', [], {}, [null], [[]], {
    length: 9,
  }),
  constantFrom(
    '18:00',
    '24:00',
    '2026-02-29',
    'sun',
    'stay',
    '2026-03-01T00:00:00Z',
    '\ud800',
    '\0',
  ),
  jsonValue({ maxDepth: 2 }),
);

/** Replaces, removes, adds or repeats a value at a random place. */
const mutations = record({
  place: integer({ min: 0, max: 10_000 }),
  name: constantFrom(...NAMES),
  value: values,
  kind: constantFrom('replace', 'replace', 'remove', 'add', 'repeat'),
});

/** JSON texts of bodies that differ from a valid one in a few places. */
export function mutated(bodies: Arbitrary<unknown>): Arbitrary<string> {
  return tuple(bodies, array(mutations, { minLength: 1, maxLength: 3 })).map(([body, changes]) => {
    const copy: Container = { body: JSON.parse(JSON.stringify(body)) as unknown };
    for (const { place, name, value: drawn, kind } of changes) {
      // Copy the value, because a later change may change it, and `drawn` may be a constant.
      const value = structuredClone(drawn);
      const places = placesIn(copy).slice(1);
      const [container, key] = places[place % places.length] ?? [copy, 'body'];
      const old = container[key];
      if (kind === 'replace') container[key] = value;
      else if (kind === 'remove' && Array.isArray(container)) container.splice(Number(key), 1);
      else if (kind === 'remove') delete container[key];
      else if (kind === 'repeat' && Array.isArray(container)) container.push(structuredClone(old));
      else if (isContainer(old)) define(old, name, value);
    }
    return JSON.stringify(copy['body']) ?? 'null';
  });
}

/** The object or array, and the key in it, of each value at any depth. */
function placesIn(container: Container): [Container, string][] {
  return Object.entries(container).flatMap(([key, value]): [Container, string][] => [
    [container, key],
    ...(isContainer(value) ? placesIn(value) : []),
  ]);
}

/** Adds a field with any name. An assignment would not add a field with the name `__proto__`. */
function define(container: Container, name: string, value: unknown): void {
  if (Array.isArray(container)) container.push(value);
  else
    Object.defineProperty(container, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}
