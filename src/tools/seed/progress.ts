import { performance } from 'node:perf_hooks';

/** Output for progress, usually standard output. */
export interface Display {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Minimum time between two updates on a terminal, in milliseconds. */
const REDRAW_INTERVAL = 100;
/** If the output is not a terminal, one line is written per this fraction of a step. */
const LINE_INTERVAL = 0.25;
const ERASE_LINE = '\r\u001B[2K';

/** Shows the progress of each step: on a terminal in one line that it rewrites, otherwise in a few lines. */
export class Progress {
  private shownAt = 0;
  private shownPart = 0;
  private step = '';

  constructor(private readonly display: Display) {}

  /** @param part fraction of the step that is done; 1 ends the step */
  show(step: string, count: number, part: number): void {
    if (step !== this.step) this.shownPart = 0;
    this.step = step;
    const text = `${step}: ${formatCount(count)} (${Math.floor(part * 100)} %)`;
    if (this.display.isTTY) this.redraw(text, part >= 1);
    else if (part >= 1 || part >= this.shownPart + LINE_INTERVAL) {
      this.shownPart = part - (part % LINE_INTERVAL);
      this.display.write(`${text}\n`);
    }
  }

  private redraw(text: string, done: boolean): void {
    const now = performance.now();
    if (!done && now < this.shownAt + REDRAW_INTERVAL) return;
    this.shownAt = now;
    this.display.write(`${ERASE_LINE}${text}${done ? '\n' : ''}`);
  }
}

/** Formats the number with thousands separators: 1,234,567. */
export function formatCount(count: number): string {
  return new Intl.NumberFormat('en').format(count);
}
