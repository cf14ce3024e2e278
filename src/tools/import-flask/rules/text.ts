import type { Cell } from '../source/rows.js';

/** Control characters other than tab, LF and CR: ours refuses them, PostgreSQL cannot store NUL. */
const REFUSED = /(?![\t\n\r])\p{Cc}|\p{Surrogate}/gu;

export interface CleanText {
  readonly text: string;
  /** Whether characters that cannot be kept were replaced by U+FFFD. */
  readonly cleaned: boolean;
}

/** The cell as text; undefined where it is empty. */
export function readText(cell: Cell): CleanText | undefined {
  if (cell === null) return undefined;
  const raw = Buffer.isBuffer(cell) ? cell.toString('utf8') : String(cell);
  const text = raw.replaceAll(REFUSED, '\u{FFFD}');
  return { text, cleaned: text !== raw };
}
