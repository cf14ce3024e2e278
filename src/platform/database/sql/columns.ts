import { Column, type ColumnOptions } from 'typeorm';

const instant = {
  to: (value: Date | null | undefined) => value?.getTime() ?? value,
  from: (value: number | null) => (value === null ? null : new Date(value)),
};

/** An instant, stored as integer milliseconds since 1970 UTC: exact and equal on both databases. */
export function InstantColumn(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ ...options, type: 'bigint', transformer: instant });
}
