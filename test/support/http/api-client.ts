import type { HttpClient, HttpResponse, RequestOptions } from './http-client.js';

/** The account that calls; without a token, an anonymous caller. */
export interface Caller {
  readonly token?: string;
}

/** Fields of a booking besides its lot, in the names of the API. */
export interface BookingFields {
  readonly vehicle_number?: string;
  readonly remarks?: string;
}

/** The API in terms of the domain, as one account calls it. A method returns the response, also of an error. */
export class ApiClient {
  constructor(
    private readonly http: HttpClient,
    private readonly caller: Caller,
  ) {}

  get(path: string, options: RequestOptions = {}): Promise<HttpResponse> {
    return this.http.get(path, { token: this.caller.token, ...options });
  }

  post(path: string, options: RequestOptions = {}): Promise<HttpResponse> {
    return this.http.post(path, { token: this.caller.token, ...options });
  }

  book(
    lotId: number,
    fields: BookingFields = {},
    options: RequestOptions = {},
  ): Promise<HttpResponse> {
    return this.post('/api/user/book-parking', { body: { lot_id: lotId, ...fields }, ...options });
  }

  release(bookingId: number | string, options: RequestOptions = {}): Promise<HttpResponse> {
    return this.post(`/api/user/bookings/${bookingId}/release`, options);
  }

  activeBooking(): Promise<HttpResponse> {
    return this.get('/api/user/active-booking');
  }

  requestExport(options: RequestOptions = {}): Promise<HttpResponse> {
    return this.post('/api/user/export-csv-async', options);
  }

  exportStatus(taskId: string): Promise<HttpResponse> {
    return this.get(`/api/user/export-csv-status/${taskId}`);
  }

  downloadExport(taskId: string): Promise<HttpResponse> {
    return this.get(`/api/user/export-csv-download/${taskId}`);
  }
}
