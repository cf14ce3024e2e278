import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { decodeOutcome, encodeOutcome } from './idempotency/outcome.js';
import { Secret } from './secret.js';

it('a secret is returned by reveal alone', () => {
  const secret = new Secret('the text');
  expect(secret.reveal()).toBe('the text');
  const shown = [String(secret), inspect({ secret }), format('%o %O', secret, [secret])];
  for (const text of [...shown, JSON.stringify({ secret })]) expect(text).not.toContain('the text');
});

it('a secret is null in a replayed outcome', () => {
  const stored = encodeOutcome({ result: { url: new Secret('the text'), at: new Date(5) } });
  expect(decodeOutcome(stored)).toEqual({ result: { url: null, at: new Date(5) } });
});
