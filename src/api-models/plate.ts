import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { Text } from '../platform/http/validation/text.js';
import { isPlate, MAX_PLATE_LENGTH } from '../parking/vehicles/plate.js';

/** A plate: text with at least one letter or digit. */
export function Plate(): PropertyDecorator {
  return applyDecorators(
    Text({ min: 1, max: MAX_PLATE_LENGTH }),
    ValidateBy({
      name: 'plate',
      validator: {
        validate: (value) => typeof value !== 'string' || isPlate(value),
        defaultMessage: () => '$property must have at least one letter or digit',
      },
    }),
  );
}
