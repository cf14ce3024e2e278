import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { Deliveries, type DeliveryBatch } from './deliveries.js';
import {
  type Mail,
  Mailer,
  MailRefused,
  MAX_CONCURRENT_MAILS,
} from '../../platform/messaging/mailer.js';
import { DeliveryUncertain } from '../../platform/messaging/retry.js';

/** A mail and the driver whom it is for. */
export interface AddressedMail {
  readonly userId: number;
  readonly mail: Mail;
}

/** Mails many drivers, each at most once. */
@Injectable()
export class BulkMailer {
  constructor(
    private readonly mailer: Mailer,
    private readonly deliveries: Deliveries,
  ) {}

  /**
   * Sends the mails, a few at a time. One that is refused is noted and does not hold up the others.
   * @throws where the mail server cannot be used at all, or the signal ends it; then the rest is
   * left for another attempt
   */
  async send(
    batch: DeliveryBatch,
    mails: readonly AddressedMail[],
    signal: AbortSignal,
  ): Promise<void> {
    const limit = pLimit(MAX_CONCURRENT_MAILS);
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const outcomes = await Promise.allSettled(
      mails.map((addressed) =>
        limit(async () => {
          either.throwIfAborted();
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
    if (failure) throw either.reason ?? failure.reason;
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
      // It stays claimed for good. The server is in trouble, so the others wait for another attempt.
      if (error instanceof DeliveryUncertain) throw error;
      await this.deliveries.release(batch, claimed, reasonOf(error));
      if (error instanceof MailRefused) return;
      throw error;
    }
    await this.deliveries.confirm(batch, claimed);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
