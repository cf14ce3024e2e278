import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyedRequest } from './keyed-request.js';

const REQUEST = {
  accountId: 1,
  method: 'POST',
  path: '/api/x',
  key: 'k',
  passwordKey: () => 'the secret',
};
const digestOf = (body: unknown) => keyedRequest({ ...REQUEST, body }).bodyDigest;

describe('the digest of a body', () => {
  const BODY = { list: [{ a: 1, b: [true, null] }, 2], object: { c: 'x', d: { e: 1 } } };

  it('does not depend on the order of the fields, at any level', () => {
    const reordered = { object: { d: { e: 1 }, c: 'x' }, list: [{ b: [true, null], a: 1 }, 2] };
    expect(digestOf(reordered)).toBe(digestOf(BODY));
  });

  it.each([
    { list: [{ a: 1, b: [true, null] }, 2], object: { c: 'x', d: { e: 2 } } },
    { list: [2, { a: 1, b: [true, null] }], object: { c: 'x', d: { e: 1 } } },
    { list: [{ a: 1, b: [null, true] }, 2], object: { c: 'x', d: { e: 1 } } },
    { list: [[['a', 1]], 2], object: { c: 'x', d: { e: 1 } } },
    { list: [], object: null },
    { ...BODY, object: JSON.parse('{"c":"x","d":{"e":1},"__proto__":1}') as unknown },
  ])('differs for another body: %j', (other) => {
    expect(digestOf(other)).not.toBe(digestOf(BODY));
  });

  it('with a password depends on a key that is not stored, so that the password cannot be guessed', () => {
    const body = { username: 'a', password: 'test123' };
    expect(digestOf(body)).toBe(digestOf({ ...body }));
    expect(digestOf(body)).not.toBe(digestOf({ ...body, password: 'test124' }));
    const other = keyedRequest({ ...REQUEST, body, passwordKey: () => 'another secret' });
    expect(digestOf(body)).not.toBe(other.bodyDigest);
  });

  it('equals the digest that earlier versions have stored, if the body is flat', () => {
    const stored = '[["lot_id",1],["remarks",null],["vehicle_number","DL 1"]]';
    const digest = createHash('sha256').update(stored).digest('base64url');
    expect(digestOf({ vehicle_number: 'DL 1', lot_id: 1, remarks: null })).toBe(digest);
  });
});
