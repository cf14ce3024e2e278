import { describe, expect, it } from 'vitest';
import { Progress } from './progress.js';

function capture(isTTY: boolean) {
  const texts: string[] = [];
  const progress = new Progress({ isTTY, write: (text: string) => texts.push(text) });
  return { texts, progress };
}

describe('Progress', () => {
  it('writes a few plain lines per step if the output is not a terminal', () => {
    const { texts, progress } = capture(false);
    for (let done = 1; done <= 1000; done += 1) progress.show('Lots', done, done / 1000);
    progress.show('Bookings', 1_234_567, 1);
    expect(texts).toEqual([
      'Lots: 250 (25 %)\n',
      'Lots: 500 (50 %)\n',
      'Lots: 750 (75 %)\n',
      'Lots: 1,000 (100 %)\n',
      'Bookings: 1,234,567 (100 %)\n',
    ]);
  });

  it('rewrites one line on a terminal and ends it when the step is complete', () => {
    const { texts, progress } = capture(true);
    for (let done = 1; done <= 1000; done += 1) progress.show('Lots', done, done / 1000);
    expect(texts.at(0)).toBe('\r\u001B[2KLots: 1 (0 %)');
    expect(texts.at(-1)).toBe('\r\u001B[2KLots: 1,000 (100 %)\n');
    expect(texts.filter((text) => text.includes('\n'))).toHaveLength(1);
  });
});
