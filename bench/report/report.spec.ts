import { describe, expect, it } from 'vitest';
import type { Measurement } from '../client/meter.js';
import { Recorder } from '../client/recorder.js';
import type { MeasurementEntry } from '../round.js';
import { medianNumber, medianRows } from './medians.js';
import { evaluateTargets } from './targets.js';

const MEASUREMENT: Measurement = {
  requestsPerSecond: 1,
  p50: 1,
  p99: 1,
  cpuPerRequest: null,
  residentMemory: null,
  statuses: {},
  clientShare: 0,
};

function entry(
  round: number,
  subject: MeasurementEntry['subject'],
  values: Partial<Measurement>,
): MeasurementEntry {
  const measurement = { ...MEASUREMENT, ...values };
  return { round, subject, name: 'book + release', measurement };
}

/** Throughput and p99 of VPMS and of the bare server, round by round. */
function rounds(...values: readonly [vpms: number, bare: number, p99: number, bareP99: number][]) {
  return values.flatMap(([vpms, bare, p99, bareP99], round) => [
    entry(round, 'vpms', { requestsPerSecond: vpms, p99 }),
    entry(round, 'bare', { requestsPerSecond: bare, p99: bareP99 }),
  ]);
}

describe('Recorder', () => {
  it('returns percentiles of the durations', () => {
    const recorder = new Recorder();
    recorder.open();
    for (let milliseconds = 200; milliseconds > 0; milliseconds -= 1) {
      recorder.record(200, milliseconds);
    }
    expect([0.5, 0.99, 1].map((share) => recorder.percentile(share))).toEqual([100, 198, 200]);
  });

  it('records requests only while it is open', () => {
    const recorder = new Recorder();
    recorder.record(500, 1);
    recorder.open();
    recorder.record(200, 2);
    recorder.record(409, 3);
    recorder.close();
    recorder.record(500, 4);
    expect([recorder.requests, recorder.counts]).toEqual([2, { 200: 1, 409: 1 }]);
  });
});

describe('medians', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
    [[], NaN],
  ])('returns the median of %j: %d', (values, median) => {
    expect(medianNumber(values)).toBe(median);
  });

  it('returns the median of the rounds, and the sum of the statuses', () => {
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

describe('evaluateTargets', () => {
  const verdictsOf = (entries: readonly MeasurementEntry[]) =>
    evaluateTargets(entries, 'sqlite').map(({ text, ratio, isMet }) => [text, ratio, isMet]);

  it('returns the median of the ratios within each round', () => {
    // The ratio of the median throughputs would be 200 / 200 = 1.
    expect(verdictsOf(rounds([100, 200, 4, 2], [200, 400, 4, 2], [300, 100, 1, 2]))).toEqual([
      ['book + release: throughput ÷ bare', 0.5, false],
      ['book + release: p99 ÷ bare', 2, false],
    ]);
  });

  it('meets targets by a higher throughput and a lower latency', () => {
    expect(verdictsOf(rounds([110, 100, 1, 2]))).toEqual([
      ['book + release: throughput ÷ bare', 1.1, true],
      ['book + release: p99 ÷ bare', 0.5, true],
    ]);
  });
});
