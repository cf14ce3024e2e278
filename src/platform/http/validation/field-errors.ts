import type { ValidationError } from 'class-validator';
import type { FieldError } from '../../errors/coded-error.js';
import { join } from './known-fields.js';

/** The errors of a field and of the fields inside it, with their paths. */
export function toFieldErrors(error: ValidationError, parent = ''): readonly FieldError[] {
  const { property, constraints = {}, children = [] } = error;
  const isItem = parent !== '' && /^\d+$/.test(property);
  const path = isItem ? `${parent}[${property}]` : join(parent, property);
  const [message] = Object.values(constraints);
  const nested = children.flatMap((child) => toFieldErrors(child, path));
  if (message === undefined) {
    return nested.length > 0 ? nested : [{ field: path, message: `${path} is not valid` }];
  }
  // The only rule that class-validator itself applies to an item.
  if (isItem) return [{ field: path, message: `${path} must be an object` }];
  return [{ field: fieldOf(path, property, message), message: join(parent, message) }];
}

/** A message about an item of the field starts with the item: `days[1] must be …`. */
function fieldOf(path: string, property: string, message: string): string {
  const [item = ''] = message.slice(property.length).split(' ', 1);
  return /^\[\d+\]$/.test(item) ? path + item : path;
}
