import { expect, it } from 'vitest';
import { caseFolded, codePoints } from './text.js';

it.each([
  ['', 0],
  ['abc', 3],
  ['é', 1],
  ['e\u0301', 2],
  ['🅿', 1],
  ['👩‍👧', 3],
  ['موقف', 4],
])('counts the characters of %j as %i', (text, length) => {
  expect(codePoints(text)).toBe(length);
});

it.each([
  ['Admin', 'ADMIN'],
  ['Ärger', 'äRGER'],
  ['Σίσυφος@example.com', 'σίσυφος@EXAMPLE.com'],
])('treats %s and %s as equal', (one, other) => {
  expect(caseFolded(one)).toBe(caseFolded(other));
});
