import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isGuessable } from './token-secret.js';

describe('isGuessable', () => {
  it.each([
    'secret',
    'x'.repeat(64),
    '1234567'.repeat(9),
    '🅿'.repeat(31),
    'parking-garage'.repeat(3),
    'Correct Horse Battery. Correct Horse Battery.',
    'parking-garage parking_garage parkinggarage 2026',
    'a1b2c3d4'.repeat(4),
    'abcdefghijklmnopqrstuvwxyz012345',
    '12345678901234567890123456789012',
    'qwertyuiopasdfghjklzxcvbnm123456',
    '0123456789abcdef0123456789abcdef',
    'set it to 32 random characters or more',
    'your-256-bit-secret-your-256-bit!',
    'please-change-me-in-production-1234',
  ])('returns true for %s', (secret) => expect(isGuessable(secret)).toBe(true));

  it('returns false for a random secret', () => {
    for (let round = 0; round < 1_000; round += 1) {
      expect(isGuessable(randomBytes(16).toString('hex'))).toBe(false);
      expect(isGuessable(randomBytes(24).toString('base64'))).toBe(false);
    }
  });
});
