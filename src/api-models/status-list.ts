import { ValidateBy } from 'class-validator';
import { type BookingStatus, STATUSES } from '../parking/reservations/states.js';

/** One or more comma-separated statuses, or `any`. @param others further names that the list may contain */
export function StatusList(...others: readonly string[]): PropertyDecorator {
  const names: readonly string[] = [...STATUSES, ...others];
  // The text needs no maximum length, because the length of the URL is limited.
  const isList = (text: string) =>
    text === 'any' || text.split(',').every((name) => names.includes(name));
  return ValidateBy({
    name: 'statusList',
    validator: {
      validate: (value) => typeof value === 'string' && isList(value),
      defaultMessage: () =>
        `status must be any, or one or more of ${names.join(', ')} with commas between them`,
    },
  });
}

/** The statuses in a list. */
export function statusesIn(list: string): readonly BookingStatus[] {
  if (list === 'any') return STATUSES;
  const wanted = new Set(list.split(','));
  return STATUSES.filter((name) => wanted.has(name));
}
