import { LRUCache } from 'lru-cache';
import { IANAZone } from 'luxon';
import { DAY, MINUTE, SECOND } from '../../../platform/time/durations.js';

/** Offsets are looked up for blocks of this length, in ms. */
const BLOCK = 4 * DAY;
/**
 * A local time differs from UTC by less than this (ms). With a margin on each side, a block is six days long.
 * In the known rules of all zones since 1970, the offset never changes twice within six days.
 */
const MARGIN = DAY;
/** A block is about 100 bytes; 50,000 cover fifty zones for ten years. */
const MAX_BLOCKS = 50_000;

/** Four days of a zone, with the offsets from UTC (in ms) before and after the clock changes. */
interface Block {
  readonly index: number;
  readonly before: number;
  readonly after: number;
  /** The first instant with the offset `after`. */
  readonly changesAt: number;
}

/** A day of a zone: `from` is included, `until` is not; both in milliseconds since 1970 UTC. */
export interface LocalDay {
  /** In days since 1970-01-01. */
  readonly day: number;
  readonly from: number;
  readonly until: number;
}

const blocks = new LRUCache<string, Block>({ max: MAX_BLOCKS });

/**
 * Converts between instants (ms since 1970 UTC) and local days (days since 1970-01-01) of one time
 * zone. luxon gives the offsets; between two changes of the offset, local time is integer arithmetic.
 */
export class LocalTime {
  /** The blocks that were looked up last. A block is at its index modulo 4, so four adjacent blocks fit. */
  private readonly recent: (Block | undefined)[] = [undefined, undefined, undefined, undefined];
  private today: LocalDay = { day: Number.NaN, from: Number.NaN, until: Number.NaN };

  /** @param name an IANA name */
  constructor(private readonly name: string) {}

  /**
   * The local day that contains the instant. It lasts from its first midnight to the first midnight of the
   * next day, even if the clock is set back across midnight.
   */
  dayAt(instant: number): LocalDay {
    if (instant >= this.today.from && instant < this.today.until) return this.today;
    const day = Math.floor((instant + this.offsetAt(instant)) / DAY);
    const midnight = this.instantOf(day + 1, 0);
    this.today =
      instant < midnight
        ? { day, from: this.instantOf(day, 0), until: midnight }
        : { day: day + 1, from: midnight, until: this.instantOf(day + 2, 0) };
    return this.today;
  }

  /**
   * The instant of a local time of day, in minutes after midnight. A time that does not exist on
   * that day means the first moment after the gap; a time that occurs twice means its first
   * occurrence.
   */
  instantOf(day: number, minutes: number): number {
    const local = day * DAY + minutes * MINUTE;
    const { before, after, changesAt } = this.blockAt(local);
    const early = local - before;
    return early < changesAt ? early : Math.max(local - after, changesAt);
  }

  /** The offset from UTC in milliseconds. */
  offsetAt(instant: number): number {
    const { before, after, changesAt } = this.blockAt(instant);
    return instant < changesAt ? before : after;
  }

  private blockAt(instant: number): Block {
    const index = Math.floor(instant / BLOCK);
    const recent = this.recent[index & 3];
    if (recent?.index === index) return recent;
    const block = this.lookUpBlock(index);
    this.recent[index & 3] = block;
    return block;
  }

  private lookUpBlock(index: number): Block {
    const key = `${this.name} ${index}`;
    const known = blocks.get(key);
    if (known) return known;
    const block = this.readBlock(index);
    blocks.set(key, block);
    return block;
  }

  private readBlock(index: number): Block {
    let low = index * BLOCK - MARGIN;
    let high = (index + 1) * BLOCK + MARGIN;
    const before = this.readOffset(low);
    const after = this.readOffset(high);
    if (before === after) return { index, before, after, changesAt: low };
    // Offsets change at whole seconds.
    while (high - low > SECOND) {
      const middle = Math.floor((low + high) / 2 / SECOND) * SECOND;
      if (this.readOffset(middle) === before) low = middle;
      else high = middle;
    }
    return { index, before, after, changesAt: high };
  }

  private readOffset(instant: number): number {
    return Math.round(IANAZone.create(this.name).offset(instant) * MINUTE);
  }
}
