import { Injectable } from '@nestjs/common';

/** Time limits for the receivers of messages, in milliseconds. A provider, so that tests can shorten them. */
@Injectable()
export class DeliveryTimeouts {
  /** Milliseconds until the response of Google Chat is complete. */
  readonly response: number = 10_000;
  /**
   * Milliseconds until the connection to the mail server is open, and again until the server has sent its
   * greeting.
   */
  readonly connection: number = 10_000;
  /** Milliseconds until the next data arrives from the mail server within a session. */
  readonly idle: number = 30_000;
}
