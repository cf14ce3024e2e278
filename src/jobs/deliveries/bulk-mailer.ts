import { Injectable, Logger } from '@nestjs/common';
import pLimit from 'p-limit';
import { errorText } from '../../platform/errors/error-text.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { Deliveries, type DeliveryBatch } from './deliveries.js';
import { MailRefused } from '../../platform/messaging/mail-failure.js';
import { type Mail, Mailer, MAX_CONCURRENT_MAILS } from '../../platform/messaging/mailer.js';
import { DeliveryUncertain } from '../../platform/messaging/retry.js';

/** A mail and its recipient. */
export interface AddressedMail {
  readonly userId: number;
  /** The mail, or a function that composes it after the delivery has begun; null if it is not needed. */
  readonly mail: Mail | (() => Promise<Mail | null>);
}

/** `withheld`: not sent because of a limit of the account. */
const MAIL_EVENTS = ['sent', 'refused', 'withheld'] as const;
type MailEvent = (typeof MAIL_EVENTS)[number];

/** The `error` of a delivery whose composer has returned null. */
const UNNEEDED = 'Not sent: the mail is no longer needed.';

/** `settled`: sent, refused, not needed, or begun by another process. */
type Outcome = 'settled' | 'withheld';

/** Sends mails to many drivers, at most once to each. */
@Injectable()
export class BulkMailer {
  private readonly logger = new Logger('Mails');
  private readonly count: (event: MailEvent) => void;

  constructor(
    private readonly mailer: Mailer,
    private readonly deliveries: Deliveries,
    metrics: Metrics,
  ) {
    this.count = metrics.addCounter({
      name: 'vpms_mails_total',
      help: 'Mails by outcome.',
      events: MAIL_EVENTS,
    });
  }

  /**
   * Sends the mails, a few at a time. A mail that is refused, or that a limit withholds, is
   * recorded as failed; the others are sent.
   * @throws if the mail server cannot be used, or the signal aborts. The next attempt sends the
   * rest.
   */
  async send(
    batch: DeliveryBatch,
    mails: readonly AddressedMail[],
    signal: AbortSignal,
  ): Promise<{ readonly withheld: number }> {
    const limit = pLimit(MAX_CONCURRENT_MAILS);
    const stop = new AbortController();
    const stopped = AbortSignal.any([signal, stop.signal]);
    const outcomes = await Promise.allSettled(
      mails.map((addressed) =>
        limit(async () => {
          stopped.throwIfAborted();
          try {
            return await this.sendOne(batch, addressed, signal);
          } catch (error) {
            stop.abort(error);
            throw error;
          }
        }),
      ),
    );
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure) throw stopped.reason ?? failure.reason;
    const withheld = outcomes.filter(
      (outcome) => outcome.status === 'fulfilled' && outcome.value === 'withheld',
    ).length;
    if (withheld > 0) this.logger.warn(`${batch.subject}: mails withheld by a limit: ${withheld}`);
    return { withheld };
  }

  private async sendOne(
    batch: DeliveryBatch,
    { userId, mail }: AddressedMail,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { begun, withheld } = await this.deliveries.begin(batch, [userId]);
    if (withheld.length > 0) {
      this.count('withheld');
      return 'withheld';
    }
    if (begun.length === 0) return 'settled';
    try {
      const composed = typeof mail === 'function' ? await mail() : mail;
      if (!composed) {
        await this.deliveries.markFailed(batch, begun, UNNEEDED);
        return 'settled';
      }
      await this.mailer.send(composed, signal);
    } catch (error) {
      // The delivery stays `sending`. The server is failing, so the next attempt sends the other mails.
      if (error instanceof DeliveryUncertain) throw error;
      await this.deliveries.markFailed(batch, begun, errorText(error));
      if (error instanceof MailRefused) {
        this.count('refused');
        return 'settled';
      }
      throw error;
    }
    await this.deliveries.markSent(batch, begun);
    this.count('sent');
    return 'settled';
  }
}
