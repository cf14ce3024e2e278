import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { buildMessage, ValidateBy, ValidateIf } from 'class-validator';
import { codePoints } from '../../text.js';

interface TextLimits {
  /** In characters. From 1 on, white space alone is refused too. */
  readonly min?: number;
  /** In characters. */
  readonly max: number;
  /** What the whole text must look like, and how a person would say that. */
  readonly pattern?: RegExp;
  readonly patternText?: string;
}

/** Control characters other than tab, LF and CR, and halves of surrogate pairs. */
const REFUSED = /(?![\t\n\r])\p{Cc}|\p{Surrogate}/u;

/** A text of the contract: stored as sent, untrimmed, its length counted in characters. */
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

/** The field may be left out; where it is there it must be right, so null is refused. */
export function MayBeOmitted(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

function isText(value: string, { min = 0, max, pattern }: TextLimits): boolean {
  const length = codePoints(value);
  if (length < min || length > max || REFUSED.test(value)) return false;
  if (min > 0 && value.trim() === '') return false;
  return pattern ? pattern.test(value) : true;
}

function describe({ min = 0, max, patternText }: TextLimits): string {
  const length = min > 0 ? `${min} to ${max}` : `at most ${max}`;
  return `text of ${length} ${patternText ?? 'characters, without control characters'}`;
}
