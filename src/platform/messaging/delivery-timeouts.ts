import { Injectable } from '@nestjs/common';

/** How long others may keep us waiting, in milliseconds. */
@Injectable()
export class Patience {
  /** For the webhook's whole answer. */
  readonly answer: number = 10_000;
  /** For a connection to the mail server, and for its greeting. */
  readonly connection: number = 10_000;
  /** The mail server's longest silence within a conversation. */
  readonly silence: number = 30_000;
}
