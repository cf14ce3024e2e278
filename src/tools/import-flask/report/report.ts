import type { Cell, FlaskTable } from '../source/rows.js';
import { IdRanges } from './id-ranges.js';

/** What an entry says: rows that were altered, that we added, that could not come. */
export type EntryKind = 'changed' | 'added' | 'refused';

/** All rows of one table with which the same thing happened. */
export interface Entry {
  readonly kind: EntryKind;
  readonly reason: string;
  readonly ids: IdRanges;
  /** What the ids alone do not tell: a new name, or the id of a row that has no proper one. */
  readonly details: string[];
}

/** The rows of an entry: single ones with what the ids alone do not tell, or ranges of ids. */
export function rowsOf({ ids, details }: Entry): readonly string[] {
  return details.length > 0 ? details : ids.toStrings();
}

/** How many rows an entry has. */
export function countOf({ ids, details }: Entry): number {
  return ids.size > 0 ? ids.size : details.length;
}

/** Every row loses its microseconds; it is listed, and not counted among the changed rows. */
const CUT = 'instants cut to milliseconds';

/** What happened to the rows of one table. Rows are told of one after another. */
export class TableReport {
  private readonly byReason = new Map<string, Entry>();
  private readonly lastOf = new Map<Entry, number>();
  private lastChanged: number | undefined;
  read = 0;
  imported = 0;
  changed = 0;
  refused = 0;

  get entries(): readonly Entry[] {
    return [...this.byReason.values()];
  }

  change(id: number, reason: string, detail?: string): void {
    if (this.lastChanged !== id) this.changed += 1;
    this.lastChanged = id;
    this.list('changed', reason, id, detail);
  }

  cut(id: number): void {
    this.list('changed', CUT, id);
  }

  /** A row that the file has not got. */
  add(id: number, reason: string, detail?: string): void {
    this.list('added', reason, id, detail);
  }

  refuse(id: Cell, reason: string): void {
    this.refused += 1;
    const entry = this.entry('refused', reason);
    const text = Buffer.isBuffer(id) ? id.toString('hex') : String(id);
    // Without what a terminal would obey.
    entry.details.push(text.replaceAll(/\p{C}/gu, '\u{FFFD}'));
  }

  private list(kind: EntryKind, reason: string, id: number, detail?: string): void {
    const entry = this.entry(kind, reason);
    // The same may be true of two columns of a row.
    if (this.lastOf.get(entry) !== id) entry.ids.add(id);
    this.lastOf.set(entry, id);
    if (detail !== undefined) entry.details.push(`${id} ${detail}`);
  }

  private entry(kind: EntryKind, reason: string): Entry {
    const key = `${kind} ${reason}`;
    const known = this.byReason.get(key);
    if (known) return known;
    const entry: Entry = { kind, reason, ids: new IdRanges(), details: [] };
    this.byReason.set(key, entry);
    return entry;
  }
}

/** What the import read, wrote and had to decide. */
export class Report {
  readonly tables: Readonly<Record<FlaskTable, TableReport>> = {
    users: new TableReport(),
    parking_lots: new TableReport(),
    parking_spots: new TableReport(),
    reservations: new TableReport(),
  };
  /** What happened to accounts that VPMS had before. */
  readonly remarks: string[] = [];
}
