import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { buildMessage, ValidateBy } from 'class-validator';
import { IANAZone } from 'luxon';

/** In characters; no IANA name is longer. */
const MAX_LENGTH = 64;

/** The name of an IANA time zone. */
export function TimeZone(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', maxLength: MAX_LENGTH }),
    ValidateBy({
      name: 'timeZone',
      validator: {
        validate: (value) => typeof value === 'string' && isTimeZone(value),
        defaultMessage: buildMessage(
          (prefix) => `${prefix}$property must be an IANA time zone such as Asia/Kolkata`,
        ),
      },
    }),
  );
}

/** Offsets such as `+05:30` are not names of zones, although JavaScript accepts them. */
function isTimeZone(name: string): boolean {
  return name.length <= MAX_LENGTH && /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name);
}
