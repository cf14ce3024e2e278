import { ValidateBy, ValidateIf } from 'class-validator';

/** The field may be omitted if the other one is given. */
export function RequiredWithout(other: string): PropertyDecorator {
  return ValidateIf(
    (body: object, value) => value !== undefined || Reflect.get(body, other) === undefined,
  );
}

/** The field may be omitted if none of the others is given. */
export function RequiredWith(...others: readonly string[]): PropertyDecorator {
  return ValidateIf(
    (body: object, value) => value !== undefined || others.some((other) => has(body, other)),
  );
}

/** The field and any of the others must not be given together. */
export function NotWith(...others: readonly string[]): PropertyDecorator {
  return ValidateBy({
    name: 'notWith',
    validator: {
      validate: (_, args) => !others.some((other) => args && has(args.object, other)),
      defaultMessage: () => `$property cannot be combined with ${others.join(' or ')}`,
    },
  });
}

/** The field is a number greater than the other one, if both are given. */
export function GreaterThan(other: string): PropertyDecorator {
  return ValidateBy({
    name: 'greaterThan',
    validator: {
      validate: (value, args) => {
        const least: unknown = args && Reflect.get(args.object, other);
        return typeof least !== 'number' || typeof value !== 'number' || value > least;
      },
      defaultMessage: () => `$property must be greater than ${other}`,
    },
  });
}

/** Null does not count as a value: a field that is null has an error of its own. */
function has(body: object, field: string): boolean {
  const value: unknown = Reflect.get(body, field);
  return value !== undefined && value !== null;
}
