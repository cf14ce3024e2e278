import { performance } from 'node:perf_hooks';
import { Client } from 'undici';

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly token?: string;
  readonly body?: object;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** What hears of each answer, and how long it took in milliseconds. */
export type Listener = (status: number, milliseconds: number) => void;

/**
 * One keep-alive connection with one request on it at a time, as a driver's phone has it. Undici's
 * `dispatch` costs a third of its `request`, which leaves the machine to the server under test.
 */
export class Connection {
  private readonly client: Client;

  constructor(
    origin: string,
    private readonly listener: Listener = () => undefined,
  ) {
    this.client = new Client(origin, { pipelining: 1 });
  }

  /** @throws where there is no whole answer. */
  send({ method, path, token, body }: Call): Promise<Answer> {
    const headers: Record<string, string> = {};
    if (token) headers['authorization'] = `Bearer ${token}`;
    if (body) headers['content-type'] = 'application/json';
    const begin = performance.now();
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let status = 0;
      this.client.dispatch(
        { method, path, headers, body: body ? JSON.stringify(body) : null },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_, statusCode) => {
            status = statusCode;
          },
          onResponseData: (_, chunk) => {
            chunks.push(chunk);
          },
          onResponseEnd: () => {
            this.listener(status, performance.now() - begin);
            resolve({ status, body: joined(chunks) });
          },
          onResponseError: (_, error) => reject(error),
        },
      );
    });
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
}
