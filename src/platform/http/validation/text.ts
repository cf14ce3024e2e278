import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { buildMessage, ValidateBy, ValidateIf } from 'class-validator';
import { codePoints } from '../../text.js';

interface TextLimits {
  /** Minimum length in characters. If it is 1 or more, white space alone is refused too. */
  readonly min?: number;
  /** Maximum length in characters. */
  readonly max: number;
  /** The pattern of the whole text, and its description for people. */
  readonly pattern?: RegExp;
  readonly patternText?: string;
}

/** Control characters other than tab, LF and CR, and lone surrogates. */
const REFUSED = /(?![\t\n\r])\p{Cc}|\p{Surrogate}/u;

/** Text that is stored as sent, untrimmed; lengths count characters. */
export function Text(limits: TextLimits): PropertyDecorator {
  const { min = 0, max, pattern } = limits;
  return applyDecorators(
    ApiProperty({
      ...(min > 0 ? { minLength: min } : {}),
      maxLength: max,
      ...(pattern ? { pattern: pattern.source } : {}),
    }),
    ValidateBy({
      name: 'text',
      validator: {
        validate: (value) => typeof value === 'string' && isText(value, limits),
        defaultMessage: buildMessage((prefix) => `${prefix}$property must be ${describe(limits)}`),
      },
    }),
  );
}

/** The field may be omitted; if present, it must be valid, so null is refused. */
export function MayBeOmitted(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

function isText(value: string, { min = 0, max, pattern }: TextLimits): boolean {
  // Counting the characters of a long text is slow; no character has more than two UTF-16 units.
  if (value.length > 2 * max) return false;
  const length = codePoints(value);
  if (length < min || length > max || REFUSED.test(value)) return false;
  if (min > 0 && value.trim() === '') return false;
  return pattern ? pattern.test(value) : true;
}

function describe({ min = 0, max, patternText }: TextLimits): string {
  const length = min > 0 ? `${min} to ${max}` : `at most ${max}`;
  return `text of ${length} ${patternText ?? 'characters, without control characters'}`;
}
