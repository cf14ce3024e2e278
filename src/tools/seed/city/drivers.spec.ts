import { describe, expect, it } from 'vitest';
import { splitName } from './drivers.js';

describe('splitName', () => {
  it.each([
    ['asha.rao', 'asha.rao', 1],
    ['asha.rao12', 'asha.rao', 12],
    ['asha2.rao', 'asha2.rao', 1],
    ['12345', '12345', 1],
    ['asha.rao1234567890123', 'asha.rao1234567890123', 1],
  ])('splits %s into %s and %d', (name, base, times) =>
    expect(splitName(name)).toEqual([base, times]),
  );
});
