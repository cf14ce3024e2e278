import { performance } from 'node:perf_hooks';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { errorText } from '../../platform/errors/error-text.js';
import { Clock } from '../../platform/time/clock.js';
import { AheadUnits } from '../reservations/ahead/ahead-units.js';
import { readFigures } from './figures.js';
import { type LotOccupancy, type OccupancyChange, OccupancyChanges } from './occupancy-changes.js';

/**
 * Milliseconds between two readings, so that a change is reported within a second
 * (docs/decisions/live-occupancy.md).
 */
const INTERVAL = 500;

export type Watcher = (changes: readonly OccupancyChange[]) => void;

/**
 * Reports changes of the occupancy of lots, whether this process, another one or time alone causes
 * them. Reads the figures of all lots twice a second, but only while there is a watcher.
 */
@Injectable()
export class OccupancyFeed implements BeforeApplicationShutdown {
  private readonly log = new Logger('Occupancy');
  private readonly changes = new OccupancyChanges();
  private readonly watchers = new Set<Watcher>();
  private timer: NodeJS.Timeout | undefined;
  /** The running read, and the one that follows it. */
  private running: Promise<void> | undefined;
  private following: Promise<void> | undefined;
  private isFailing = false;

  constructor(
    private readonly database: ReadDatabase,
    private readonly clock: Clock,
    private readonly units: AheadUnits,
  ) {}

  beforeApplicationShutdown(): void {
    this.watchers.clear();
    clearTimeout(this.timer);
  }

  /** The number of the latest change. */
  get sequence(): number {
    return this.changes.sequence;
  }

  /** Every lot as of the latest read, without deferred changes. */
  current(): readonly LotOccupancy[] {
    return this.changes.current();
  }

  /** The latest change of each lot that changed after the change with this number. */
  since(sequence: number): readonly OccupancyChange[] {
    return this.changes.since(sequence);
  }

  /** Calls the watcher with the changes of each read that finds some. Returns a function that removes the watcher. */
  watch(watcher: Watcher): () => void {
    this.watchers.add(watcher);
    this.schedule();
    return () => void this.watchers.delete(watcher);
  }

  /** Reads the figures; resolves after a read that began after this call. */
  refresh(): Promise<void> {
    const { running } = this;
    if (!running) return this.start();
    this.following ??= running
      .catch(() => undefined)
      .then(() => {
        this.following = undefined;
        return this.running ?? this.start();
      });
    return this.following;
  }

  private start(): Promise<void> {
    this.running = this.read().finally(() => (this.running = undefined));
    return this.running;
  }

  private async read(): Promise<void> {
    await this.units.settleDue();
    const at = this.clock.now().getTime();
    const figures = await readFigures(this.database, at);
    // The time is taken after the read, so that events are sent a second apart however long a read
    // takes.
    const changes = this.changes.update(figures, { at, elapsed: performance.now() });
    if (changes.length === 0) return;
    for (const watcher of this.watchers) watcher(changes);
  }

  private schedule(): void {
    if (this.timer || this.watchers.size === 0) return;
    const { deferredUntil } = this.changes;
    const untilDeferred = Math.ceil((deferredUntil ?? Infinity) - performance.now());
    // While the database cannot be reached, a deferred change must not cause reads without a pause.
    const wait = this.isFailing ? INTERVAL : Math.min(INTERVAL, Math.max(untilDeferred, 0));
    this.timer = setTimeout(() => void this.readInTurn(), wait).unref();
  }

  private async readInTurn(): Promise<void> {
    try {
      await this.refresh();
      if (this.isFailing) this.log.log('the figures can be read again');
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.log.warn(`the figures cannot be read: ${errorText(error)}`);
      this.isFailing = true;
    }
    this.timer = undefined;
    this.schedule();
  }
}
