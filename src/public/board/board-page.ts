import { DateTime } from 'luxon';
import { loadTemplate } from '../../platform/messaging/templates.js';
import type { LotView } from '../../parking/lots/lot-queries.js';

/** `few`: at least one spot is free, and at most a tenth of the spots, rounded up. */
type State = 'free' | 'few' | 'full';

interface BoardLot {
  readonly id: number;
  readonly name: string;
  readonly available: number;
  readonly spots: number;
  /** The greatest number of free spots that counts as few. */
  readonly few: number;
  /** The number of digits of `spots`. */
  readonly digits: number;
  readonly state: State;
  readonly stateText: string;
}

interface BoardContext {
  readonly lots: readonly BoardLot[];
  /** The CSS class for the number of lots; it determines the columns (lots.css). */
  readonly layout: string;
  readonly time: string;
  readonly exactTime: string;
  readonly date: string;
  readonly zone: string;
}

const html = loadTemplate<BoardContext>('./board.html.hbs', import.meta.url);

/** The same texts as in board.client.js. */
const STATE_TEXTS: Readonly<Record<State, string>> = {
  free: 'Free',
  few: 'Few left',
  full: 'Full',
};

/** The numbers of lots up to which each layout is used; for more lots, the layout is `many`. */
const LAYOUTS = [1, 4, 6, 14, 24, 40, 60];

/** The page with the lots by name and their free spots at the instant. It is complete without a script. */
export function boardPage(lots: readonly LotView[], at: Date, zone: string): string {
  const local = DateTime.fromJSDate(at, { zone }).setLocale('en-GB');
  return html({
    lots: lots.toSorted((a, b) => byName.compare(a.name, b.name) || a.id - b.id).map(toBoardLot),
    layout: String(LAYOUTS.find((most) => lots.length <= most) ?? 'many'),
    time: local.toFormat('HH:mm'),
    exactTime: local.toFormat('HH:mm:ss'),
    date: local.toFormat('cccc d LLLL'),
    zone,
  });
}

/** Sorts `Lot 2` before `Lot 10`. */
const byName = new Intl.Collator('en', { numeric: true });

function toBoardLot({ id, name, numberOfSpots: spots, parked, reserved }: LotView): BoardLot {
  const available = spots - parked - reserved;
  const few = Math.ceil(spots / 10);
  const state = available <= 0 ? 'full' : available <= few ? 'few' : 'free';
  const digits = String(spots).length;
  return { id, name, available, spots, few, digits, state, stateText: STATE_TEXTS[state] };
}
