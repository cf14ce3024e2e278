import { performance } from 'node:perf_hooks';

/** Where progress is shown: standard output, or a test's ear. */
export interface Display {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** On a terminal, in milliseconds. */
const REDRAW = 100;
/** Elsewhere: a line at the end of every part of this size. */
const LINE_EVERY = 0.25;
const ERASE_LINE = '\r\u001B[2K';

/** Tells how far each step is: on a terminal in one line that changes, elsewhere in a few lines. */
export class Progress {
  private shownAt = 0;
  private shownPart = 0;
  private step = '';

  constructor(private readonly display: Display) {}

  /** @param part of the step that is done, up to 1, which ends it. */
  show(step: string, count: number, part: number): void {
    if (step !== this.step) this.shownPart = 0;
    this.step = step;
    const text = `${step}: ${formatCount(count)} (${Math.floor(part * 100)} %)`;
    if (this.display.isTTY) this.redraw(text, part >= 1);
    else if (part >= 1 || part >= this.shownPart + LINE_EVERY) {
      this.shownPart = part - (part % LINE_EVERY);
      this.display.write(`${text}\n`);
    }
  }

  private redraw(text: string, done: boolean): void {
    const now = performance.now();
    if (!done && now < this.shownAt + REDRAW) return;
    this.shownAt = now;
    this.display.write(`${ERASE_LINE}${text}${done ? '\n' : ''}`);
  }
}

/** With separators, for people: 1,234,567. */
export function formatCount(count: number): string {
  return new Intl.NumberFormat('en').format(count);
}
