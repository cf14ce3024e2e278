import { SECOND } from '../../platform/time/durations.js';
import type { LotFigures } from './figures.js';

/** The minimum time between two reports of the same lot, in ms. */
const PAUSE = SECOND;

/** The figures of a lot at an instant (ms). A deleted lot has no spots. */
export interface LotOccupancy extends LotFigures {
  readonly at: number;
}

/** An occupancy that was reported as a change, with its place in the order of reports. */
export interface OccupancyChange extends LotOccupancy {
  readonly sequence: number;
}

/** The time of a reading, in ms. */
export interface ReadingTime {
  /** The instant of the figures. */
  readonly at: number;
  /** When the read was complete, on the monotonic clock. */
  readonly elapsed: number;
}

interface Reported extends OccupancyChange {
  /** When the lot was reported, on the monotonic clock. */
  readonly elapsed: number;
}

/** Compares successive readings of all lots, and reports each lot at most once per second. */
export class OccupancyChanges {
  /** The instant of the latest reading. */
  private readAt = 0;
  private readonly reported = new Map<number, Reported>();
  private hasReadings = false;
  private lastSequence = 0;
  private earliestDeferred: number | undefined;
  /** The ids of the lots whose change is deferred. */
  private readonly deferred = new Set<number>();

  /** The number of the latest change; 0 before the first one. */
  get sequence(): number {
    return this.lastSequence;
  }

  /** When the first change that is deferred may be reported; undefined if there is none. */
  get deferredUntil(): number | undefined {
    return this.earliestDeferred;
  }

  /**
   * Every lot by id, as of the latest reading. A lot whose change is deferred has the figures of
   * its last report, because the change may be undone, and is then never reported.
   */
  current(): readonly LotOccupancy[] {
    return [...this.reported.values()]
      .filter(({ numberOfSpots }) => numberOfSpots > 0)
      .map(({ lotId, numberOfSpots, occupiedSpots, at }) => {
        const figuresAt = this.deferred.has(lotId) ? at : this.readAt;
        return { lotId, numberOfSpots, occupiedSpots, at: figuresAt };
      })
      .toSorted((a, b) => a.lotId - b.lotId);
  }

  /** The latest change of each lot that changed after the change with this number, in their order. */
  since(sequence: number): readonly OccupancyChange[] {
    return [...this.reported.values()]
      .filter((change) => change.sequence > sequence)
      .toSorted((a, b) => a.sequence - b.sequence);
  }

  /** Takes the figures of every lot, and returns the changes that may be reported now. */
  update(figures: readonly LotFigures[], time: ReadingTime): readonly OccupancyChange[] {
    this.readAt = time.at;
    const lots = figures.map((lot) => ({ ...lot, at: time.at }));
    const changes = this.hasReadings ? this.changesTo(lots, time) : [];
    if (!this.hasReadings) this.begin(lots);
    return changes;
  }

  private begin(lots: readonly LotOccupancy[]): void {
    this.hasReadings = true;
    for (const lot of lots) {
      this.reported.set(lot.lotId, { ...lot, sequence: 0, elapsed: -Infinity });
    }
  }

  private changesTo(lots: readonly LotOccupancy[], time: ReadingTime): OccupancyChange[] {
    this.earliestDeferred = undefined;
    this.deferred.clear();
    const existing = new Set(lots.map(({ lotId }) => lotId));
    const deleted = [...this.reported.keys()].filter((lotId) => !existing.has(lotId));
    const gone = deleted.map((lotId) => ({
      lotId,
      numberOfSpots: 0,
      occupiedSpots: 0,
      at: time.at,
    }));
    return [...lots, ...gone].flatMap((lot) => this.report(lot, time) ?? []);
  }

  private report(lot: LotOccupancy, { elapsed }: ReadingTime): OccupancyChange | undefined {
    const last = this.reported.get(lot.lotId);
    if (last && isSame(last, lot)) return undefined;
    if (last && elapsed < last.elapsed + PAUSE) {
      this.earliestDeferred = Math.min(this.earliestDeferred ?? Infinity, last.elapsed + PAUSE);
      this.deferred.add(lot.lotId);
      return undefined;
    }
    this.lastSequence += 1;
    const change = { ...lot, sequence: this.lastSequence, elapsed };
    this.reported.set(lot.lotId, change);
    return change;
  }
}

function isSame(a: LotFigures, b: LotFigures): boolean {
  return a.numberOfSpots === b.numberOfSpots && a.occupiedSpots === b.occupiedSpots;
}
