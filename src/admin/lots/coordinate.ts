import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy, ValidateIf, type ValidationArguments } from 'class-validator';

interface Axis {
  /** The greatest value in degrees; the least is its negative. */
  readonly limit: number;
  /** The field of the other coordinate. */
  readonly with: string;
}

/** One coordinate of a position. Both are given or omitted together; null for both removes the position. */
export function Coordinate(axis: Axis): PropertyDecorator {
  const { limit } = axis;
  return applyDecorators(
    ApiProperty({
      type: 'number',
      minimum: -limit,
      maximum: limit,
      nullable: true,
      required: false,
    }),
    ValidateIf((body, value) => value !== undefined || otherOf(body, axis) !== undefined),
    ValidateBy({
      name: 'coordinate',
      validator: {
        validate: (value, args) => isCoordinate(value, otherOf(args?.object, axis), limit),
        defaultMessage: (args) => messageFor(axis, args),
      },
    }),
  );
}

function isCoordinate(value: unknown, other: unknown, limit: number): boolean {
  if (value === null) return other === null || other === undefined;
  return typeof value === 'number' && Math.abs(value) <= limit;
}

function messageFor({ limit, with: other }: Axis, args?: ValidationArguments): string {
  const property = args?.property ?? '';
  return `${property} must be a number from -${limit} to ${limit}, together with ${other}, or null for both`;
}

function otherOf(body: unknown, { with: other }: Axis): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, other) : undefined;
}
