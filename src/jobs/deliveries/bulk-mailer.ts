import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { errorText } from '../../platform/errors/error-text.js';
import { Deliveries, type DeliveryBatch } from './deliveries.js';
import {
  type Mail,
  Mailer,
  MailRefused,
  MAX_CONCURRENT_MAILS,
} from '../../platform/messaging/mailer.js';
import { DeliveryUncertain } from '../../platform/messaging/retry.js';

/** A mail and its recipient. */
export interface AddressedMail {
  readonly userId: number;
  readonly mail: Mail;
}

/** Sends mails to many drivers, at most once to each. */
@Injectable()
export class BulkMailer {
  constructor(
    private readonly mailer: Mailer,
    private readonly deliveries: Deliveries,
  ) {}

  /**
   * Sends the mails, a few at a time. A refused one is recorded as failed; the others continue.
   * @throws if the mail server cannot be used, or the signal aborts. The next attempt sends the rest.
   */
  async send(
    batch: DeliveryBatch,
    mails: readonly AddressedMail[],
    signal: AbortSignal,
  ): Promise<void> {
    const limit = pLimit(MAX_CONCURRENT_MAILS);
    const stop = new AbortController();
    const stopped = AbortSignal.any([signal, stop.signal]);
    const outcomes = await Promise.allSettled(
      mails.map((addressed) =>
        limit(async () => {
          stopped.throwIfAborted();
          try {
            await this.sendOne(batch, addressed, signal);
          } catch (error) {
            stop.abort(error);
            throw error;
          }
        }),
      ),
    );
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure) throw stopped.reason ?? failure.reason;
  }

  private async sendOne(
    batch: DeliveryBatch,
    { userId, mail }: AddressedMail,
    signal: AbortSignal,
  ): Promise<void> {
    const claimed = await this.deliveries.claim(batch, [userId]);
    if (claimed.length === 0) return;
    try {
      await this.mailer.send(mail, signal);
    } catch (error) {
      // Stays claimed. The server is failing, so the other mails are left to the next attempt.
      if (error instanceof DeliveryUncertain) throw error;
      await this.deliveries.release(batch, claimed, errorText(error));
      if (error instanceof MailRefused) return;
      throw error;
    }
    await this.deliveries.confirm(batch, claimed);
  }
}
