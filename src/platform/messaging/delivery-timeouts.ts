import { Injectable } from '@nestjs/common';

/** Time limits for the receivers of messages, in milliseconds. A provider, so that tests can shorten them. */
@Injectable()
export class DeliveryTimeouts {
  /** Until the complete response of Google Chat. */
  readonly response: number = 10_000;
  /** Until the connection to the mail server, and again until its greeting. */
  readonly connection: number = 10_000;
  /** Until the next data from the mail server within a session. */
  readonly idle: number = 30_000;
}
