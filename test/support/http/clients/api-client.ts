import { expect } from 'vitest';
import type { HttpClient, HttpResponse, RequestOptions } from './http-client.js';

/** The account that calls; without a token, an anonymous caller. */
export interface Caller {
  readonly token?: string;
}

/** Fields of a booking besides its lot, with the names that the API uses. */
export interface BookingFields {
  readonly vehicle_id?: number;
  readonly vehicle_number?: string;
  readonly remarks?: string;
}

/** The API in terms of the domain, as one account calls it. A method returns the response, even if it is an error. */
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

  /** Books, expects success, and returns the booking. */
  async park(lotId: number, fields: BookingFields = {}) {
    const { status, text, body } = await this.book(lotId, fields);
    expect(status, text).toBe(201);
    return body;
  }

  /** Releases the booking, expects success, and returns the booking. */
  async leave(bookingId: number) {
    const { status, text, body } = await this.release(bookingId);
    expect(status, text).toBe(200);
    return body;
  }

  /** Books and releases immediately. */
  async stay(lotId: number): Promise<void> {
    const { id } = await this.park(lotId);
    await this.leave(id);
  }

  /** Everything that is stored about the caller. */
  storedData(): Promise<HttpResponse> {
    return this.get('/api/auth/me/data');
  }

  /** Deletes the account of the caller. */
  leaveService(currentPassword: unknown): Promise<HttpResponse> {
    const body = { current_password: currentPassword };
    return this.http.delete('/api/auth/me', { token: this.caller.token, body });
  }

  vehicles(): Promise<HttpResponse> {
    return this.get('/api/user/vehicles');
  }

  addVehicle(body: object, options: RequestOptions = {}): Promise<HttpResponse> {
    return this.post('/api/user/vehicles', { body, ...options });
  }

  changeVehicle(vehicleId: number | string, body: object): Promise<HttpResponse> {
    const { token } = this.caller;
    return this.http.request('PATCH', `/api/user/vehicles/${vehicleId}`, { token, body });
  }

  removeVehicle(vehicleId: number | string): Promise<HttpResponse> {
    const { token } = this.caller;
    return this.http.delete(`/api/user/vehicles/${vehicleId}`, { token });
  }

  correctVehicle(bookingId: number | string, body: object): Promise<HttpResponse> {
    const { token } = this.caller;
    return this.http.put(`/api/user/bookings/${bookingId}/vehicle`, { token, body });
  }

  bookAhead(body: object, options: RequestOptions = {}): Promise<HttpResponse> {
    return this.post('/api/user/bookings', { body, ...options });
  }

  booking(bookingId: number | string): Promise<HttpResponse> {
    return this.get(`/api/user/bookings/${bookingId}`);
  }

  changeBooking(bookingId: number | string, body: object): Promise<HttpResponse> {
    const { token } = this.caller;
    return this.http.request('PATCH', `/api/user/bookings/${bookingId}`, { token, body });
  }

  confirm(bookingId: number | string): Promise<HttpResponse> {
    return this.post(`/api/user/bookings/${bookingId}/confirm`);
  }

  previewExtension(bookingId: number | string, until: string): Promise<HttpResponse> {
    return this.get(`/api/user/bookings/${bookingId}/extension?until=${until}`);
  }

  extend(bookingId: number | string, until: string): Promise<HttpResponse> {
    return this.post(`/api/user/bookings/${bookingId}/extend`, { body: { until } });
  }

  previewCancellation(bookingId: number | string): Promise<HttpResponse> {
    return this.get(`/api/user/bookings/${bookingId}/cancellation`);
  }

  cancel(bookingId: number | string): Promise<HttpResponse> {
    return this.post(`/api/user/bookings/${bookingId}/cancel`);
  }

  checkIn(bookingId: number | string): Promise<HttpResponse> {
    return this.post(`/api/user/bookings/${bookingId}/check-in`);
  }

  setPolicy(lotId: number, policy: object): Promise<HttpResponse> {
    const { token } = this.caller;
    return this.http.put(`/api/admin/parking-lots/${lotId}/policy`, { token, body: policy });
  }

  policy(lotId: number): Promise<HttpResponse> {
    return this.get(`/api/admin/parking-lots/${lotId}/policy`);
  }

  receipt(bookingId: number | string, options: RequestOptions = {}): Promise<HttpResponse> {
    return this.get(`/api/user/bookings/${bookingId}/receipt`, options);
  }

  quote(body: Readonly<Record<string, unknown>>, options: RequestOptions = {}) {
    return this.post('/api/user/quotes', { body, ...options });
  }

  currentTariff(lotId: number): Promise<HttpResponse> {
    return this.get(`/api/user/parking-lots/${lotId}/tariff`);
  }

  setTariff(lotId: number, tariff: object): Promise<HttpResponse> {
    const { token } = this.caller;
    return this.http.put(`/api/admin/parking-lots/${lotId}/tariff`, { token, body: tariff });
  }

  endTariff(lotId: number): Promise<HttpResponse> {
    const { token } = this.caller;
    return this.http.delete(`/api/admin/parking-lots/${lotId}/tariff`, { token });
  }

  tariffs(lotId: number, query = ''): Promise<HttpResponse> {
    return this.get(`/api/admin/parking-lots/${lotId}/tariffs${query}`);
  }

  updateLot(lotId: number, body: object): Promise<HttpResponse> {
    const { token } = this.caller;
    return this.http.put(`/api/admin/parking-lots/${lotId}`, { token, body });
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
