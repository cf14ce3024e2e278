import { randomBytes } from 'node:crypto';

/** Milliseconds after which a client connects again, sent with the first event. */
const RETRY = 2_000;

/** Keeps a silent connection open in proxies, and makes the loss of a client detectable. */
export const HEARTBEAT = Buffer.from(': still here\n\n');

/** Begins a response that has nothing to report yet, so that the headers are sent. */
export const NOTHING_NEW = Buffer.from(`retry: ${RETRY}\n: nothing has changed\n\n`);

/**
 * The ids of this process's events. Another process numbers its changes differently, so each process
 * has a prefix of its own.
 */
export class EventIds {
  private readonly prefix = randomBytes(6).toString('hex');

  format(sequence: number): string {
    return `${this.prefix}-${sequence}`;
  }

  /** The number of the change; undefined if the id is not one that {@link format} returned. */
  parse(id: string | undefined, latest: number): number | undefined {
    const [prefix, text = ''] = (id ?? '').split('-');
    if (prefix !== this.prefix || !/^\d{1,15}$/.test(text)) return undefined;
    return Number(text) <= latest ? Number(text) : undefined;
  }
}

export interface StreamEvent {
  readonly id: string;
  readonly event: 'snapshot' | 'occupancy';
  readonly data: unknown;
}

/** The events in the format of `text/event-stream`. JSON contains no line break. */
export function eventText(events: readonly StreamEvent[]): Buffer {
  const texts = events.map(({ id, event, data }) => {
    const retry = event === 'snapshot' ? `retry: ${RETRY}\n` : '';
    return `${retry}id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  });
  return Buffer.from(texts.join(''));
}
