import { HttpClient, type HttpResponse, type RequestOptions } from './http-client.js';

/** A client with a chosen address, sent as `X-Forwarded-For`: the program must trust this machine (`TRUST_PROXY`). */
export class ClientAt extends HttpClient {
  constructor(
    { url }: HttpClient,
    readonly address: string,
  ) {
    super(url);
  }

  override request(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<HttpResponse> {
    const headers = { 'x-forwarded-for': this.address, ...options.headers };
    return super.request(method, path, { ...options, headers });
  }
}
