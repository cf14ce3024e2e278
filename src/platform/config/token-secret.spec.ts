import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isGuessable } from './token-secret.js';

describe('isGuessable', () => {
  it.each(['secret', 'x'.repeat(64), '1234567'.repeat(9), '🅿'.repeat(31)])(
    'returns true: %s',
    (secret) => expect(isGuessable(secret)).toBe(true),
  );

  it('returns false for a random secret', () => {
    for (let round = 0; round < 1_000; round += 1) {
      expect(isGuessable(randomBytes(16).toString('hex'))).toBe(false);
      expect(isGuessable(randomBytes(24).toString('base64'))).toBe(false);
    }
  });
});
