import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { AnyJson } from '../any-json.js';

/** An event of a stream, with the time (ms) at which it arrived. */
export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: AnyJson;
  readonly arrived: number;
}

/** Milliseconds after which an expected event counts as missing. */
const TIMEOUT = 10_000;
const agent = new Agent({ keepAlive: false, maxSockets: Infinity });

/** A client of a `text/event-stream` that parses as strictly as the HTML standard requires. */
export class EventStream implements Disposable {
  readonly events: StreamEvent[] = [];
  readonly comments: { readonly text: string; readonly arrived: number }[] = [];
  retry: number | undefined;
  /** Resolves when the server or the client ends the connection. */
  readonly closed: Promise<void>;
  private readonly waiting = new Set<() => void>();
  private rest = '';
  private isClosed = false;

  private constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8').on('data', (text: string) => this.read(text));
    response.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      response.once('close', () => {
        this.isClosed = true;
        this.wake();
        resolve();
      });
    });
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const sent = request(url, { agent, headers: { accept: 'text/event-stream', ...headers } });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return new EventStream(response);
  }

  get lastId(): string {
    return this.events.at(-1)?.id ?? '';
  }

  /** The first event from the index on that satisfies the condition. @throws if none arrives in time */
  async find(matches: (event: StreamEvent) => boolean, from = 0): Promise<StreamEvent> {
    const end = performance.now() + TIMEOUT;
    for (;;) {
      const found = this.events.slice(from).find(matches);
      if (found) return found;
      const left = end - performance.now();
      if (left <= 0 || this.isClosed) {
        throw new Error(`No such event among ${JSON.stringify(this.events)}`);
      }
      await this.change(left);
    }
  }

  snapshot(): Promise<StreamEvent> {
    return this.find(({ event }) => event === 'snapshot');
  }

  [Symbol.dispose](): void {
    this.response.destroy();
  }

  private change(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.waiting.add(done);
    });
  }

  private wake(): void {
    for (const done of this.waiting) done();
  }

  private read(text: string): void {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) this.readBlock(block.split('\n'));
    this.wake();
  }

  private readBlock(lines: readonly string[]): void {
    const fields = new Map<string, string>();
    const arrived = performance.now();
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
      if (name === '') this.comments.push({ text: value, arrived });
      else fields.set(name, value);
    }
    const retry = fields.get('retry');
    if (retry !== undefined) this.retry = Number(retry);
    const data = fields.get('data');
    if (data === undefined) return;
    const [id = '', event = 'message'] = [fields.get('id'), fields.get('event')];
    this.events.push({ id, event, data: JSON.parse(data), arrived });
  }
}
