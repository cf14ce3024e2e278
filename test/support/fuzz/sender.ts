import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { type HttpResponse, isStream, parseJson } from '../http/clients/http-client.js';

/** Milliseconds after which a response counts as missing. */
const TIMEOUT = 20_000;

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** Sends requests that `fetch` rejects, with any URL, body and headers. */
export class Sender implements Disposable {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });

  constructor(private readonly origin: string) {}

  /** @throws if there is no response or the connection breaks */
  async send({ method, url, headers, body }: Sent): Promise<HttpResponse> {
    const { hostname, port } = new URL(this.origin);
    const length = body ? { 'content-length': body.length } : {};
    const sending = request({
      method,
      hostname,
      port,
      path: url,
      agent: this.agent,
      headers: { ...headers, ...length },
      signal: AbortSignal.timeout(TIMEOUT),
    });
    sending.end(body);
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    const text = await readWhole(response);
    const pairs = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    );
    return {
      status: response.statusCode ?? 0,
      headers: new Headers(pairs),
      text,
      body: parseJson(text),
    };
  }

  [Symbol.dispose](): void {
    this.agent.destroy();
  }
}

/** The body; for a stream, which has no end, what arrives first. */
async function readWhole(response: IncomingMessage): Promise<string> {
  if (!isStream(response.headers['content-type'])) return readText(response);
  const [first] = await Promise.race([once(response, 'data'), once(response, 'end')]);
  response.destroy();
  return String(first ?? '');
}
