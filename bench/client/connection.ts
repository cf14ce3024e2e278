import { performance } from 'node:perf_hooks';
import { Client } from 'undici';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly token?: string;
  readonly body?: object;
  /** When the duration begins, by `performance.now()`; by default, when the request is sent. */
  readonly since?: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: Buffer;
}

/** Called for each response with its duration in milliseconds. */
export type Listener = (status: number, milliseconds: number) => void;

/**
 * A keep-alive connection with one request at a time, like a driver's phone. It uses undici's `dispatch`,
 * which costs a third of `request`, to leave the CPU to the server under test.
 */
export class Connection {
  private readonly client: Client;

  constructor(
    origin: string,
    private readonly listener: Listener = () => undefined,
  ) {
    this.client = new Client(origin, { pipelining: 1 });
  }

  /** @throws if there is no complete response. */
  send({ method, path, token, body, since }: HttpRequest): Promise<HttpResponse> {
    const headers: Record<string, string> = {};
    if (token) headers['authorization'] = `Bearer ${token}`;
    if (body) headers['content-type'] = 'application/json';
    const begin = since ?? performance.now();
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
