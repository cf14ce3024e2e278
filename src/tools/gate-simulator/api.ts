import { setTimeout as sleep } from 'node:timers/promises';
import { SimulationRefused } from './simulation-refused.js';

export type Json = Readonly<Record<string, unknown>>;

/** Maximum number of attempts of a request that gets no response, or a response with a temporary error. */
const MAX_ATTEMPTS = 8;
/** Half of the pause before the first repetition, in milliseconds; doubled before each repetition. */
const FIRST_PAUSE = 100;

interface Call {
  readonly token?: string;
  readonly body?: Json;
}

/** Calls the API, and repeats a request that gets no response or a temporary error. */
export class Api {
  constructor(private readonly url: string) {}

  /**
   * The body of a successful response.
   * @throws SimulationRefused for an error, or if no attempt gets a response
   */
  async call(method: string, path: string, { token, body }: Call = {}): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(new URL(path, this.url), {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).catch((error: unknown) => error);
      const isResponse = response instanceof Response;
      if (isResponse && response.ok) return response.status === 204 ? null : response.json();
      const isTemporary = !isResponse || response.status === 429 || response.status >= 500;
      if (!isTemporary || attempt === MAX_ATTEMPTS) {
        const reason = isResponse ? `${response.status} ${await response.text()}` : 'no response';
        const status = isResponse ? response.status : undefined;
        throw new SimulationRefused(`${method} ${path}: ${reason}`, status);
      }
      await sleep(FIRST_PAUSE * 2 ** attempt);
    }
  }

  async object(method: string, path: string, call: Call = {}): Promise<Json> {
    return (await this.call(method, path, call)) as Json;
  }

  /** Reads the items of a list page by page, until a page has an item for which `isLast` returns true. */
  async list(
    path: string,
    { token, isLast = () => false }: Call & { readonly isLast?: (item: Json) => boolean },
  ): Promise<Json[]> {
    const items: Json[] = [];
    let next: string | undefined = path;
    while (next !== undefined) {
      const response: Response = await fetch(new URL(next, this.url), {
        headers: { authorization: `Bearer ${token}` },
      });
      if (!response.ok) throw new SimulationRefused(`GET ${path}: ${response.status}`);
      const page = (await response.json()) as Json[];
      items.push(...page);
      if (page.some(isLast)) return items;
      next = /<([^>]*)>; *rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    }
    return items;
  }
}
