import { LRUCache } from 'lru-cache';
import { IANAZone } from 'luxon';
import { DAY, MINUTE } from '../../platform/time/durations.js';

/** Offsets are looked up at the ends of blocks: no zone changes its offset twice within four days. */
const BLOCK = 4 * DAY;
/** A block is about 100 bytes; 50,000 cover sixty zones for ten years. */
const MAX_BLOCKS = 50_000;
/** No offset from UTC is greater. */
const MAX_OFFSET = DAY;

/** Four days of a zone: its offset from UTC in milliseconds, before and after a change. */
interface Block {
  readonly before: number;
  readonly after: number;
  /** The first instant with the offset `after`. */
  readonly changesAt: number;
}

const blocks = new LRUCache<string, Block>({ max: MAX_BLOCKS });

/**
 * Converts between instants (ms since 1970 UTC) and local days (days since 1970-01-01) of one time
 * zone. luxon gives the offsets; between two changes of the offset, local time is integer arithmetic.
 */
export class LocalTime {
  private readonly zone: IANAZone;
  /** The last block that was looked up, and its index. */
  private index = Number.NaN;
  private block: Block | undefined;

  constructor(private readonly name: string) {
    this.zone = IANAZone.create(name);
  }

  /**
   * The local day of the instant: from its first midnight to that of the next day, even if the clock
   * is set back across midnight.
   */
  dayOf(instant: number): number {
    const day = Math.floor((instant + this.offsetAt(instant)) / DAY);
    return this.instantOf(day + 1, 0) <= instant ? day + 1 : day;
  }

  /**
   * The instant of a local time of day, in minutes after midnight. A time that does not exist on that
   * day is the first moment after the gap; one that occurs twice is the first occurrence.
   */
  instantOf(day: number, minutes: number): number {
    const local = day * DAY + minutes * MINUTE;
    const before = this.offsetAt(local - MAX_OFFSET);
    const after = this.offsetAt(local + MAX_OFFSET);
    const early = local - Math.max(before, after);
    if (before === after) return early;
    if (this.offsetAt(early) === local - early) return early;
    const late = local - Math.min(before, after);
    if (this.offsetAt(late) === local - late) return late;
    return this.blockAt(late).changesAt;
  }

  /** The offset from UTC in milliseconds. */
  private offsetAt(instant: number): number {
    const { before, after, changesAt } = this.blockAt(instant);
    return instant < changesAt ? before : after;
  }

  private blockAt(instant: number): Block {
    const index = Math.floor(instant / BLOCK);
    if (this.block && index === this.index) return this.block;
    const key = `${this.name} ${index}`;
    let block = blocks.get(key);
    if (!block) {
      block = this.readBlock(index * BLOCK);
      blocks.set(key, block);
    }
    [this.index, this.block] = [index, block];
    return block;
  }

  private readBlock(start: number): Block {
    const offset = (instant: number) => Math.round(this.zone.offset(instant) * MINUTE);
    const before = offset(start);
    const after = offset(start + BLOCK - 1);
    let [low, high] = [start, start + BLOCK - 1];
    if (before === after) return { before, after, changesAt: start };
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offset(middle) === before) low = middle;
      else high = middle;
    }
    return { before, after, changesAt: high };
  }
}
