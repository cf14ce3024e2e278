import { Injectable } from '@nestjs/common';

/** Time limits for the receivers of messages, in milliseconds. A provider, so that tests can shorten them. */
@Injectable()
export class DeliveryTimeouts {
  /** For the complete response of Google Chat. */
  readonly response: number = 10_000;
  /** For connecting to the mail server, and again for its greeting. */
  readonly connection: number = 10_000;
  /** For the next data from the mail server within a session. */
  readonly idle: number = 30_000;
}
