import type { Cell } from '../source/rows.js';

/** Control characters except tab, LF and CR. VPMS refuses them, and PostgreSQL cannot store NUL. */
const REFUSED = /(?![\t\n\r])\p{Cc}|\p{Surrogate}/gu;

export interface CleanText {
  readonly text: string;
  /** Whether refused characters were replaced with U+FFFD. */
  readonly cleaned: boolean;
}

/** Returns the cell as text, or undefined for NULL. */
export function readText(cell: Cell): CleanText | undefined {
  if (cell === null) return undefined;
  const raw = Buffer.isBuffer(cell) ? cell.toString('utf8') : String(cell);
  const text = raw.replaceAll(REFUSED, '\u{FFFD}');
  return { text, cleaned: text !== raw };
}
