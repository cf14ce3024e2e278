import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';

export interface Post {
  readonly text: string;
  readonly contentType: string;
  readonly requestId: string | null;
  /** In milliseconds of a monotonic clock. */
  readonly at: number;
  readonly response: ChatResponse;
}

export type ChatResponse =
  number | 'hang' | 'reset' | { readonly status: number; readonly retryAfter: string };

/** An HTTP server that replaces Google Chat. */
export class GoogleChatServer implements AsyncDisposable {
  readonly posts: Post[] = [];
  /** Responses to the next posts, in order; then `defaultResponse`. */
  responses: ChatResponse[] = [];
  defaultResponse: ChatResponse = 200;
  /** Delay of each response, in milliseconds. */
  delay = 0;

  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.receive(request, response));
  }

  static async start(): Promise<GoogleChatServer> {
    const webhook = new GoogleChatServer();
    webhook.server.listen(0, '127.0.0.1');
    await once(webhook.server, 'listening');
    return webhook;
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/v1/spaces/AAAA/messages?key=k&token=t`;
  }

  get environment(): { readonly GOOGLE_CHAT_WEBHOOK_URL: string } {
    return { GOOGLE_CHAT_WEBHOOK_URL: this.url };
  }

  /** The accepted messages. */
  get accepted(): readonly Post[] {
    return this.posts.filter(({ response }) => response === 200);
  }

  /** The names in the accepted messages, in order. */
  get named(): readonly string[] {
    return this.accepted.flatMap((post) =>
      [...post.text.matchAll(/^• `(.*)`$/gm)].map(([, name = '']) => name),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private headersOf(status: number): { readonly location?: string } {
    return status >= 300 && status < 400 ? { location: this.url } : {};
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = performance.now();
    // A client that follows a redirect may repeat the request as GET, without a body.
    const body = JSON.parse((await text(request)) || '{"text":""}') as { text: string };
    const reply = this.responses.shift() ?? this.defaultResponse;
    this.posts.push({
      text: body.text,
      contentType: request.headers['content-type'] ?? '',
      requestId: new URL(request.url ?? '', 'http://localhost').searchParams.get('requestId'),
      at,
      response: reply,
    });
    if (reply === 'hang') return;
    if (this.delay > 0) await new Promise((done) => setTimeout(done, this.delay));
    if (reply === 'reset') request.socket.resetAndDestroy();
    else if (typeof reply === 'number') response.writeHead(reply, this.headersOf(reply)).end('{}');
    else response.writeHead(reply.status, { 'retry-after': reply.retryAfter }).end();
  }
}
