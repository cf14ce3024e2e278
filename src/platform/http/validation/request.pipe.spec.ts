import 'reflect-metadata';
import { assert, asyncProperty, constantFrom, jsonValue, oneof, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValidationFailed } from '../../errors/coded-error.js';
import { CheckTogether, ListOf, NestedList, NestedObject } from './nested.js';
import { WholeNumber } from './numbers.js';
import { RequestPipe } from './request.pipe.js';
import { MayBeOmitted, Text } from './text.js';

const isDay = (item: unknown) => item === 'mon' || item === 'tue';

@CheckTogether(({ low, high = Infinity }: Range) =>
  low > high ? [{ field: 'high', message: 'high must not be below low' }] : [],
)
class Range {
  @WholeNumber({ min: 0, max: 9 })
  low: number;

  @MayBeOmitted()
  @WholeNumber({ min: 0, max: 9 })
  high?: number;

  @MayBeOmitted()
  @ListOf({ min: 1, max: 2, isItem: isDay, itemText: 'mon or tue', schema: { type: 'string' } })
  days?: string[];
}

class Plan {
  @Text({ min: 1, max: 5 })
  name: string;

  @NestedList(() => Range, { min: 1, max: 3 })
  ranges: Range[];

  @WholeNumber({ min: 0, max: 9 })
  count = 0;
}

@CheckTogether(({ plan, note }: Body) =>
  plan.name === note ? [{ field: 'plan.name', message: 'plan.name must not be the note' }] : [],
)
class Body {
  @NestedObject(() => Plan)
  plan: Plan;

  @MayBeOmitted()
  @Text({ max: 5 })
  note?: string;
}

const GOOD = { plan: { name: 'x', ranges: [{ low: 1, high: 2 }, { low: 3 }] } };
const withRange = (range: unknown) => ({ plan: { name: 'x', ranges: [{ low: 0 }, range] } });
const withPlan = (plan: unknown) => ({ plan });
const parsed = (text: string): unknown => JSON.parse(text);

const pipe = new RequestPipe();
const validate = (body: unknown) => pipe.transform(body, { type: 'body', metatype: Body });
const errorsOf = (body: unknown) =>
  validate(body).then(
    () => [],
    (error: unknown) => {
      if (error instanceof ValidationFailed) return error.errors;
      throw error;
    },
  );
const pathsOf = async (body: unknown) => (await errorsOf(body)).map(({ field }) => field);

describe('the validation of a nested body', () => {
  it('returns instances with defaults, without changing the request', async () => {
    const before = structuredClone(GOOD);
    const body = await validate(GOOD);
    expect(body).toBeInstanceOf(Body);
    expect(body).toEqual({ plan: { ...GOOD.plan, count: 0 } });
    expect(body).toHaveProperty('plan.ranges.1', expect.any(Range));
    expect(GOOD).toEqual(before);
  });

  it.each([
    [{}, ['plan']],
    [withPlan(null), ['plan']],
    [withPlan(5), ['plan']],
    [withPlan('x'), ['plan']],
    [withPlan([]), ['plan']],
    [withPlan([GOOD.plan]), ['plan']],
    [withPlan({}), ['plan.name', 'plan.ranges']],
    [withPlan({ name: {}, ranges: [] }), ['plan.name', 'plan.ranges']],
    [withPlan({ name: ['x'], ranges: {} }), ['plan.name', 'plan.ranges']],
    [withPlan({ name: 'x', ranges: GOOD.plan.ranges[0] }), ['plan.ranges']],
    [withPlan({ name: 'x', ranges: { 0: { low: 1 }, length: 1 } }), ['plan.ranges']],
    [withPlan({ name: 'x', ranges: [1, 2, 3, 4].map((low) => ({ low })) }), ['plan.ranges']],
    [withPlan({ name: 'x', ranges: 'xyz' }), ['plan.ranges']],
    [withRange(null), ['plan.ranges[1]']],
    [withRange(7), ['plan.ranges[1]']],
    [withRange('x'), ['plan.ranges[1]']],
    [withRange([]), ['plan.ranges[1]']],
    [withRange([{ low: 1 }]), ['plan.ranges[1]']],
    [withRange({}), ['plan.ranges[1].low']],
    [withRange({ low: 10 }), ['plan.ranges[1].low']],
    [withRange({ low: '1' }), ['plan.ranges[1].low']],
    [withRange({ low: [1] }), ['plan.ranges[1].low']],
    [withRange({ low: 1, high: null }), ['plan.ranges[1].high']],
    [withRange({ low: 1, x: 1 }), ['plan.ranges[1].x']],
    [withRange({ low: 1, days: [] }), ['plan.ranges[1].days']],
    [withRange({ low: 1, days: 'mon' }), ['plan.ranges[1].days']],
    [withRange({ low: 1, days: {} }), ['plan.ranges[1].days']],
    [withRange({ low: 1, days: null }), ['plan.ranges[1].days']],
    [withRange({ low: 1, days: ['mon', 'tue', 'mon'] }), ['plan.ranges[1].days']],
    [withRange({ low: 1, days: ['mon', 'sun'] }), ['plan.ranges[1].days[1]']],
    [withRange({ low: 1, days: ['mon', null] }), ['plan.ranges[1].days[1]']],
    [withRange({ low: 1, days: [['mon']] }), ['plan.ranges[1].days[0]']],
    [withRange({ low: 1, days: [{ constructor: 1 }] }), ['plan.ranges[1].days[0]']],
    [withRange({ low: 1, days: ['mon', 'mon'] }), ['plan.ranges[1].days[1]']],
    [withRange({ low: 3, high: 2 }), ['plan.ranges[1].high']],
    [{ ...GOOD, note: 'x' }, ['plan.name']],
    [{ ...GOOD, note: 'x', z: 1 }, ['plan.name', 'z']],
    [{ ...withRange({ low: 3, high: 2 }), note: 'x' }, ['plan.name', 'plan.ranges[1].high']],
  ])('names the path of each fault: %j', async (body, paths) => {
    expect(await pathsOf(body)).toEqual(paths);
  });

  it.each(['constructor', '__proto__', 'prototype', 'toString', 'then', 'length'])(
    'refuses an unknown field %s at every level, with any value',
    async (field) => {
      for (const value of ['1', 'null', '{}', '[]', '{"constructor":{"name":1}}']) {
        const extra = `"${field}":${value}`;
        const body = `{${extra},"plan":{${extra},"name":"x","ranges":[{${extra},"low":1}]}}`;
        expect(await pathsOf(parsed(body))).toEqual([
          field,
          `plan.${field}`,
          `plan.ranges[0].${field}`,
        ]);
      }
      expect(Object.prototype).not.toHaveProperty('name');
    },
  );

  it('starts each message with the path', async () => {
    const body = {
      plan: { name: 5, ranges: [{ low: 1, days: ['x'] }, null, { low: -1, y: 1 }], z: 1 },
    };
    const errors = await errorsOf(body);
    expect(errors.map(({ message }) => message)).toEqual([
      'plan.name must be text of 1 to 5 characters, without control characters',
      'plan.ranges[0].days[0] must be mon or tue',
      'plan.ranges[1] must be an object',
      'plan.ranges[2].low must be a whole number from 0 to 9',
      'plan.ranges[2].y is not a field of this request',
      'plan.z is not a field of this request',
    ]);
    const [together] = await errorsOf(withRange({ low: 3, high: 2 }));
    expect(together?.message).toBe('plan.ranges[1].high must not be below low');
  });

  it('shortens the name of an unknown field', async () => {
    const [path = ''] = await pathsOf(withRange({ low: 1, ['x'.repeat(50_000)]: 1 }));
    expect(path).toMatch(/^plan\.ranges\[1\]\.x+…$/);
    expect(path.length).toBeLessThan(120);
  });

  it('refuses any JSON without another error', async () => {
    const field = constantFrom('plan', 'name', 'ranges', 'low', 'days', 'constructor', '__proto__');
    const json = jsonValue({ maxDepth: 4 });
    const near = oneof(
      record({ plan: oneof(json, record({ name: json, ranges: json }, { requiredKeys: [] })) }),
      record({ plan: record({ name: json, ranges: json }) }),
    );
    await assert(
      asyncProperty(oneof(json, near), field, async (value, name) => {
        const body = typeof value === 'object' && value !== null ? value : { [name]: value };
        expect(await errorsOf(body)).toBeInstanceOf(Array);
      }),
      { numRuns: 2_000 },
    );
  });
});
