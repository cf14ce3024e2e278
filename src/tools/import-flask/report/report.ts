import type { Cell, FlaskTable } from '../source/rows.js';
import { IdRanges } from './id-ranges.js';

/** Rows that the import changed, added, or could not import. */
export type EntryKind = 'changed' | 'added' | 'refused';

/** All rows of a table that were treated in the same way for the same reason. */
export interface Entry {
  readonly kind: EntryKind;
  readonly reason: string;
  readonly ids: IdRanges;
  /** Text for rows that need more than an id: a new name, or an invalid id. */
  readonly details: string[];
}

/** The rows of an entry: their details if there are any, otherwise ranges of ids. */
export function rowsOf({ ids, details }: Entry): readonly string[] {
  return details.length > 0 ? details : ids.toStrings();
}

/** The number of rows of an entry. */
export function countOf({ ids, details }: Entry): number {
  return ids.size > 0 ? ids.size : details.length;
}

/** Nearly every row has instants with microseconds. Such rows are listed, but not counted as changed. */
const TRUNCATED = 'instants truncated to milliseconds';

/** Collects what the import did with the rows of a table. All calls for one row must be consecutive. */
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

  markTruncated(id: number): void {
    this.list('changed', TRUNCATED, id);
  }

  /** Reports a row that the file does not have. */
  add(id: number, reason: string, detail?: string): void {
    this.list('added', reason, id, detail);
  }

  refuse(id: Cell, reason: string): void {
    this.refused += 1;
    const entry = this.entry('refused', reason);
    const text = Buffer.isBuffer(id) ? id.toString('hex') : String(id);
    // Replace terminal control characters.
    entry.details.push(text.replaceAll(/\p{C}/gu, '\u{FFFD}'));
  }

  private list(kind: EntryKind, reason: string, id: number, detail?: string): void {
    const entry = this.entry(kind, reason);
    // A row can have the same reason twice, for two columns.
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

/** Everything that the import read, wrote and changed. */
export class Report {
  readonly tables: Readonly<Record<FlaskTable, TableReport>> = {
    users: new TableReport(),
    parking_lots: new TableReport(),
    parking_spots: new TableReport(),
    reservations: new TableReport(),
  };
  /** Changes to accounts that were in VPMS before the import. */
  readonly remarks: string[] = [];
}
