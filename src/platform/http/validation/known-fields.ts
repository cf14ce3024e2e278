import { getMetadataStorage } from 'class-validator';
import type { FieldError } from '../../errors/coded-error.js';
import { shorten } from '../../text.js';
import { checkOf, type DtoClass, type Nesting, nestingOf } from './nested.js';

/** Maximum length of an unknown field's name in a response. */
const MAX_NAME = 80;

/** The fields that a DTO declares, and how they are nested. */
interface Shape {
  readonly fields: ReadonlyMap<string, Nesting | undefined>;
  /** Whether the DTO, or one nested in it, has rules that concern several fields. */
  readonly hasChecks: boolean;
}

const shapes = new Map<DtoClass, Shape>();

function shapeOf(type: DtoClass): Shape {
  let shape = shapes.get(type);
  if (!shape) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
    const fields = new Map(
      rules.map(({ propertyName }) => [propertyName, nestingOf(type, propertyName)]),
    );
    const nested = [...fields.values()].flatMap((nesting) => nesting?.type?.() ?? []);
    const hasChecks = checkOf(type) !== undefined || nested.some(hasChecksTogether);
    shape = { fields, hasChecks };
    shapes.set(type, shape);
  }
  return shape;
}

export function hasChecksTogether(type: DtoClass): boolean {
  return shapeOf(type).hasChecks;
}

/**
 * Copies the declared fields, at every level. class-transformer and class-validator ignore fields that are
 * named like a property of every object (`constructor`, `__proto__`, `prototype`), so their own check of
 * unknown fields would accept them; class-transformer even invokes a nested field named `constructor`. An
 * object or array in a field that does not accept it is replaced by null or by an empty object, which no
 * field accepts.
 * @param unknown collects the paths of all other fields
 */
export function pickKnown(
  body: object,
  { type, path = '', unknown }: { type: DtoClass; path?: string; unknown: string[] },
): object {
  const { fields } = shapeOf(type);
  const known: [string, unknown][] = [];
  for (const [name, value] of Object.entries(body) as [string, unknown][]) {
    if (!fields.has(name)) {
      unknown.push(join(path, shorten(name, MAX_NAME)));
      continue;
    }
    const nesting = fields.get(name);
    known.push([
      name,
      nesting ? pickNested(value, { nesting, path: join(path, name), unknown }) : single(value),
    ]);
  }
  return Object.fromEntries(known);
}

function pickNested(
  value: unknown,
  { nesting, path, unknown }: { nesting: Nesting; path: string; unknown: string[] },
): unknown {
  if (Array.isArray(value)) {
    if (!nesting.isList) return null;
    const type = nesting.type?.();
    return value.map((item: unknown, index) => {
      if (!isObject(item)) return item;
      const isKnown = type && !Array.isArray(item);
      return isKnown ? pickKnown(item, { type, path: `${path}[${index}]`, unknown }) : null;
    });
  }
  if (!isObject(value)) return value;
  return nesting.isList || !nesting.type
    ? null
    : pickKnown(value, { type: nesting.type(), path, unknown });
}

function single(value: unknown): unknown {
  return isObject(value) ? {} : value;
}

/** Checks the rules between fields of a DTO, whose fields must each be valid already. */
export function checkTogether(body: object, type: DtoClass, path = ''): readonly FieldError[] {
  const own = checkOf(type)?.(body) ?? [];
  const errors = own.map(({ field, message }) => ({
    field: join(path, field),
    message: join(path, message),
  }));
  for (const [name, nesting] of shapeOf(type).fields) {
    const nested = nesting?.type?.();
    const value: unknown = nested && Reflect.get(body, name);
    if (!nested || !isObject(value)) continue;
    if (Array.isArray(value)) {
      value.forEach((item: object, index) => {
        errors.push(...checkTogether(item, nested, join(path, `${name}[${index}]`)));
      });
    } else errors.push(...checkTogether(value, nested, join(path, name)));
  }
  return errors;
}

/** Puts the path of the outer field before the path of a field or before a message that begins with one. */
export function join(path: string, rest: string): string {
  return path === '' ? rest : `${path}.${rest}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
