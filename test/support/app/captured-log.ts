import type { DestinationStream } from 'pino';

/** Keeps what the program logs, line by line. */
export class CapturedLog implements DestinationStream {
  readonly lines: string[] = [];

  write(line: string): void {
    this.lines.push(line);
  }

  /** The lines about requests, parsed. */
  requests(): Record<string, unknown>[] {
    return this.lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'request');
  }

  get text(): string {
    return this.lines.join('');
  }
}
