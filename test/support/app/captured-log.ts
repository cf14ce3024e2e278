import type { DestinationStream } from 'pino';

/** Collects the program's log lines. */
export class CapturedLog implements DestinationStream {
  readonly lines: string[] = [];

  write(line: string): void {
    this.lines.push(line);
  }

  /** The parsed lines of requests. */
  requests(): Record<string, unknown>[] {
    return this.lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'request');
  }

  get text(): string {
    return this.lines.join('');
  }
}
