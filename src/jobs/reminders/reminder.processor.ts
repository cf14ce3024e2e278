import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Unsubscriptions } from '../../auth/links/unsubscriptions.js';
import { localDay } from '../../platform/time/calendar.js';
import { errorText } from '../../platform/errors/error-text.js';
import { Clock } from '../../platform/time/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { listAvailableLotViews } from '../../parking/lots/lot-queries.js';
import type { JobHandler, UnfinishedJob } from '../../platform/queue/job-handler.js';
import { GoogleChatClient } from '../../platform/messaging/google-chat-client.js';
import { DeliveryUncertain } from '../../platform/messaging/retry.js';
import { Deliveries, type DeliveryBatch } from '../deliveries/deliveries.js';
import { BulkMailer } from '../deliveries/bulk-mailer.js';
import { Mailer } from '../../platform/messaging/mailer.js';
import { type JobRun, subjectOf } from '../scheduling/job-run.entity.js';
import { RunProgress } from '../scheduling/run-progress.js';
import { type ChatMessage, chatMessages } from './chat-message.js';
import { dailyReminders } from './daily-reminders.js';
import { reminderMail } from './reminder-mail.js';
import { listRecipients, type Recipient } from './recipient-queries.js';

const PAGE_SIZE = 200;
const NO_CHANNEL = 'No channel is configured: set GOOGLE_CHAT_WEBHOOK_URL or SMTP_URL.';

/** Reminds drivers who have not booked for a week, or whose booking starts soon, once a day by each channel. */
@Injectable()
export class ReminderProcessor implements JobHandler {
  readonly kind = dailyReminders;

  constructor(
    private readonly database: ReadDatabase,
    private readonly progress: RunProgress,
    private readonly deliveries: Deliveries,
    private readonly chat: GoogleChatClient,
    private readonly mailer: Mailer,
    private readonly mails: BulkMailer,
    private readonly unsubscriptions: Unsubscriptions,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  async process(id: string, signal: AbortSignal): Promise<undefined> {
    const run = await this.progress.findRunning(id);
    if (!run) return;
    if (this.isDayOver(run)) {
      await this.fail(id, 'The day was over before the run could finish.');
      return;
    }
    if (!this.chat.isConfigured && !this.mailer.isConfigured) {
      await this.progress.complete(run, NO_CHANNEL);
      return;
    }
    await this.remind(run, signal);
    await this.progress.complete(run);
  }

  fail(id: string, reason: string): Promise<void> {
    return this.progress.fail(id, reason);
  }

  listUnfinished(): Promise<readonly UnfinishedJob[]> {
    return this.progress.listUnfinished(this.kind.name);
  }

  /** Tries both channels, so that a failing one does not affect the other. */
  private async remind(run: JobRun, signal: AbortSignal): Promise<void> {
    const freeLots = (await listAvailableLotViews(this.database, this.clock.now().getTime()))
      .length;
    const failures: unknown[] = [];
    const attempt = async (work: Promise<void>) => {
      await work.catch((error: unknown) => failures.push(error));
    };
    if (this.chat.isConfigured) await attempt(this.remindByChat(run, freeLots, signal));
    if (this.mailer.isConfigured) await attempt(this.remindByMail(run, freeLots, signal));
    if (failures.length > 0) throw failures[0];
  }

  private async remindByChat(run: JobRun, freeLots: number, signal: AbortSignal): Promise<void> {
    const batch: DeliveryBatch = { subject: subjectOf(run), channel: 'chat', runId: run.id };
    for await (const recipients of this.recipientPages(batch)) {
      for (const draft of chatMessages(recipients, freeLots)) {
        signal.throwIfAborted();
        const { begun } = await this.deliveries.begin(batch, idsOf(draft.recipients));
        // Another instance may have begun some of these deliveries; the message names only the others.
        const ours = draft.recipients.filter(({ id }) => begun.includes(id));
        for (const message of chatMessages(ours, freeLots)) {
          await this.postBegun(batch, message, signal);
        }
      }
    }
  }

  private async postBegun(
    batch: DeliveryBatch,
    { text, recipients }: ChatMessage,
    signal: AbortSignal,
  ): Promise<void> {
    const ids = idsOf(recipients);
    try {
      await this.chat.post(text, requestId(batch, ids), signal);
    } catch (error) {
      if (error instanceof DeliveryUncertain) throw error;
      await this.deliveries.markFailed(batch, ids, errorText(error));
      throw error;
    }
    await this.deliveries.markSent(batch, ids);
  }

  private async remindByMail(run: JobRun, freeLots: number, signal: AbortSignal): Promise<void> {
    const batch: DeliveryBatch = { subject: subjectOf(run), channel: 'email', runId: run.id };
    const { publicUrl: url, timezone } = this.configuration;
    const details = { day: run.period, freeLots, url, timezone };
    for await (const recipients of this.recipientPages(batch)) {
      const mails = recipients.map((recipient) => ({
        userId: recipient.id,
        mail: reminderMail(recipient, {
          ...details,
          unsubscribeUrl: this.unsubscriptions.urlFor(recipient),
        }),
      }));
      await this.mails.send(batch, mails, signal);
    }
  }

  private async *recipientPages(batch: DeliveryBatch): AsyncGenerator<Recipient[]> {
    const now = this.clock.now();
    let afterId = 0;
    for (;;) {
      const selection = { batch, now, afterId, limit: PAGE_SIZE };
      const recipients = await listRecipients(this.database, selection);
      const last = recipients.at(-1);
      if (!last) return;
      yield recipients;
      afterId = last.id;
    }
  }

  private isDayOver({ startedAt }: JobRun): boolean {
    const { timezone } = this.configuration;
    return localDay(startedAt, timezone) !== localDay(this.clock.now(), timezone);
  }
}

function idsOf(recipients: readonly Recipient[]): number[] {
  return recipients.map(({ id }) => id);
}

/** Equal only for the same day and the same drivers. Google Chat creates one message per id. */
function requestId({ subject }: DeliveryBatch, userIds: readonly number[]): string {
  const digest = createHash('sha256')
    .update(`${subject} ${userIds.join(' ')}`)
    .digest('hex');
  return `vpms-${digest.slice(0, 32)}`;
}
