import { describe, expect, it } from 'vitest';
import { isPlate, plateKey } from './plate.js';

describe('plates', () => {
  it.each([
    ['India', 'DL 01 AB 1234', 'dl01ab1234'],
    ['Germany', 'MÜ-AB 1234E', 'müab1234e'],
    ['Netherlands', '12-ABC-3', '12ABC3'],
    ['Sweden', 'ÅÄÖ 123', 'åäö123'],
    ['Russia', 'А123ВС 77', 'а 123 вс 77'],
    ['Egypt', 'س ط ع ٧٤١', 'سطع٧٤١'],
    ['Japan', '品川・300 あ 12-34', '品川300あ1234'],
    ['France', 'AB-123-CD', 'ab\u2010123\u2013cd'],
    ['Norway', 'AB 12345', 'ａｂ　１２３４５'],
    ['Türkiye', '34 ABC 123', '34abc123'],
    ['Catalonia', 'B·1234·XY', 'b.1234.xy'],
    ['Greece', 'ΕΣ 12345', 'εσ12345'],
    ['Greece', 'ΕΣ ΑΒ 1', 'ΕΣΑΒ1'],
  ])('of %s are equal with other spaces, dashes, dots, case and width', (_, one, other) => {
    expect(plateKey(one)).toBe(plateKey(other));
  });

  it.each([
    ['an umlaut and its base letter', 'MÜ 1', 'MU 1'],
    ['a Cyrillic and a Latin letter', 'А1', 'A1'],
    ['the letter O and the digit 0', 'O1', '01'],
    ['Arabic and Latin digits', '٧', '7'],
    ['a slash and nothing', 'A/1', 'A1'],
    ['an underscore and nothing', 'A_1', 'A1'],
  ])('differ by %s', (_, one, other) => {
    expect(plateKey(one)).not.toBe(plateKey(other));
  });

  it('have at least one letter or digit', () => {
    expect(['A', '7', '٧', 'あ', '－1'].map(isPlate)).toEqual([true, true, true, true, true]);
    expect(['', ' ', '-.-', '・', '😀', '_'].map(isPlate)).toEqual(Array(6).fill(false));
  });
});
