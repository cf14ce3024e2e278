import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ValidateBy, ValidateNested } from 'class-validator';
import type { FieldError } from '../../errors/coded-error.js';

export type DtoClass = new () => object;

/** A field that contains a list, an object, or a list of objects. */
export interface Nesting {
  readonly isList: boolean;
  /** The class of the object, or of the list's items; undefined if the items are single values. */
  readonly type?: () => DtoClass;
}

type Check = (body: object) => readonly FieldError[];

interface ListSize {
  readonly min: number;
  readonly max: number;
}

interface ItemRule extends ListSize {
  readonly isItem: (item: unknown) => boolean;
  /** What an item is, such as `a date such as 2026-12-25`. */
  readonly itemText: string;
  /** Documents an item. */
  readonly schema: ApiPropertyOptions;
}

const NESTING = Symbol('nesting');
const CHECK = Symbol('check');

/** An object with the fields of another DTO. */
export function NestedObject(type: () => DtoClass): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: () => type() }),
    Reflect.metadata(NESTING, { isList: false, type }),
    Type(type),
    ValidateBy({
      name: 'object',
      validator: { validate: isObject, defaultMessage: () => '$property must be an object' },
    }),
    ValidateNested(),
  );
}

/** A list of objects with the fields of another DTO. An error names the item: `rates[1].price`. */
export function NestedList(type: () => DtoClass, { min, max }: ListSize): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: () => [type()], minItems: min, maxItems: max }),
    Reflect.metadata(NESTING, { isList: true, type }),
    Type(type),
    ValidateBy({
      name: 'list',
      validator: {
        validate: (value) => hasSize(value, { min, max }),
        defaultMessage: () => `$property must be a list of ${min} to ${max} objects`,
      },
    }),
    ValidateNested(),
  );
}

/** A list of single values that all differ. An error names the item: `days[1]`. */
export function ListOf(rule: ItemRule): PropertyDecorator {
  const { min, max, schema } = rule;
  return applyDecorators(
    ApiProperty({ ...schema, isArray: true, minItems: min, maxItems: max, uniqueItems: true }),
    Reflect.metadata(NESTING, { isList: true }),
    ValidateBy({
      name: 'listOf',
      validator: {
        validate: (value) => faultOf(value, rule) === undefined,
        defaultMessage: (args) => `$property${faultOf(args?.value, rule) ?? ''}`,
      },
    }),
  );
}

/**
 * Rules that concern several fields of a DTO, checked once each field is valid by itself. The field
 * of an error is its path within the DTO, and the message starts with it.
 */
export function CheckTogether<T extends object>(check: (body: T) => readonly FieldError[]) {
  return (type: new () => T): void => Reflect.defineMetadata(CHECK, check, type);
}

export function nestingOf(type: DtoClass, field: string): Nesting | undefined {
  return Reflect.getMetadata(NESTING, type.prototype, field) as Nesting | undefined;
}

export function checkOf(type: DtoClass): Check | undefined {
  return Reflect.getMetadata(CHECK, type) as Check | undefined;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasSize(value: unknown, { min, max }: ListSize): value is unknown[] {
  return Array.isArray(value) && value.length >= min && value.length <= max;
}

/** The message after the field's name; undefined if the list is valid. */
function faultOf(value: unknown, rule: ItemRule): string | undefined {
  const { min, max, isItem, itemText } = rule;
  if (!hasSize(value, rule)) {
    return ` must be a list of ${min} to ${max} different values, each ${itemText}`;
  }
  const wrong = value.findIndex((item) => !isItem(item));
  if (wrong >= 0) return `[${wrong}] must be ${itemText}`;
  const repeated = value.findIndex((item, index) => value.indexOf(item) < index);
  return repeated >= 0 ? `[${repeated}] must differ from the items before it` : undefined;
}
