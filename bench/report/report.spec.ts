import { describe, expect, it } from 'vitest';
import type { Measurement } from '../driver/meter.js';
import { Recorder } from '../driver/recorder.js';
import type { Entry } from '../round.js';
import { medianNumber, medianRows } from './figures.js';
import { judge } from './targets.js';

const MEASUREMENT: Measurement = {
  requestsPerSecond: 1,
  p50: 1,
  p99: 1,
  cpuPerRequest: null,
  residentMemory: null,
  statuses: {},
  driverShare: 0,
};

function entry(round: number, subject: Entry['subject'], figures: Partial<Measurement>): Entry {
  const measurement = { ...MEASUREMENT, ...figures };
  return { round, subject, name: 'book + release', measurement };
}

/** Throughput and p99 of the program and of the bare server, round by round. */
function rounds(...figures: readonly [vpms: number, bare: number, p99: number, bareP99: number][]) {
  return figures.flatMap(([vpms, bare, p99, bareP99], round) => [
    entry(round, 'vpms', { requestsPerSecond: vpms, p99 }),
    entry(round, 'bare', { requestsPerSecond: bare, p99: bareP99 }),
  ]);
}

describe('a recorder', () => {
  it('tells which duration a share of the requests did not exceed', () => {
    const recorder = new Recorder();
    recorder.open();
    for (let milliseconds = 200; milliseconds > 0; milliseconds -= 1) {
      recorder.hear(200, milliseconds);
    }
    expect([0.5, 0.99, 1].map((share) => recorder.percentile(share))).toEqual([100, 198, 200]);
  });

  it('hears only while it is open', () => {
    const recorder = new Recorder();
    recorder.hear(500, 1);
    recorder.open();
    recorder.hear(200, 2);
    recorder.hear(409, 3);
    recorder.close();
    recorder.hear(500, 4);
    expect([recorder.requests, recorder.counts]).toEqual([2, { 200: 1, 409: 1 }]);
  });
});

describe('figures', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
    [[], NaN],
  ])('have the median %j: %d', (values, median) => {
    expect(medianNumber(values)).toBe(median);
  });

  it('are the median of the rounds, but for statuses, none of which is lost', () => {
    const rows = medianRows([
      entry(0, 'vpms', { p99: 9, statuses: { 200: 5, 503: 1 } }),
      entry(1, 'vpms', { p99: 2, statuses: { 200: 6 } }),
      entry(2, 'vpms', { p99: 3, statuses: { 200: 7 } }),
    ]);
    expect(rows).toMatchObject([
      { subject: 'vpms', median: { p99: 3, statuses: { 200: 18, 503: 1 } } },
    ]);
  });
});

describe('a verdict', () => {
  const verdictsOf = (entries: readonly Entry[]) =>
    judge(entries, 'sqlite').map(({ text, ratio, isMet }) => [text, ratio, isMet]);

  it('compares within each round, and takes the median of the ratios', () => {
    // The medians of the figures themselves would be 200 and 200.
    expect(verdictsOf(rounds([100, 200, 4, 2], [200, 400, 4, 2], [300, 100, 1, 2]))).toEqual([
      ['book + release: throughput ÷ bare', 0.5, false],
      ['book + release: p99 ÷ bare', 2, false],
    ]);
  });

  it('is met by more throughput and by less waiting', () => {
    expect(verdictsOf(rounds([110, 100, 1, 2]))).toEqual([
      ['book + release: throughput ÷ bare', 1.1, true],
      ['book + release: p99 ÷ bare', 0.5, true],
    ]);
  });
});
