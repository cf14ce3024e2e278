import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { localDay } from '../../platform/time/calendar.js';
import { Clock } from '../../platform/time/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { listAvailableLotViews } from '../../parking/lots/lot-view.js';
import type { JobHandler } from '../../platform/queue/job-handler.js';
import { Chat, ChatInDoubt } from '../../platform/messaging/google-chat-client.js';
import { Deliveries, type Shipment } from '../deliveries/deliveries.js';
import { MailRun } from '../deliveries/bulk-mailer.js';
import { Mailer } from '../../platform/messaging/mailer.js';
import { type JobRun, subjectOf } from '../scheduling/job-run.entity.js';
import { RunProgress } from '../scheduling/run-progress.js';
import { type ChatMessage, chatMessages } from './chat-message.js';
import { reminderMail } from './reminder-mail.js';
import { listRecipients, type Recipient } from './reminder-recipients.js';

const BATCH_SIZE = 200;
const NOWHERE = 'There was nowhere to send to: set GOOGLE_CHAT_WEBHOOK_URL or SMTP_URL.';

/** Reminds the drivers who have not parked for a week, by chat and by mail, each once a day. */
@Injectable()
export class ReminderProcessor implements JobHandler {
  readonly name = 'daily-reminders';

  constructor(
    private readonly database: ReadDatabase,
    private readonly progress: RunProgress,
    private readonly deliveries: Deliveries,
    private readonly chat: Chat,
    private readonly mailer: Mailer,
    private readonly mails: MailRun,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  async run(id: string, signal: AbortSignal): Promise<undefined> {
    const run = await this.progress.findRunning(id);
    if (!run) return;
    if (this.isDayOver(run)) {
      await this.fail(id, 'Its day was over before it could finish.');
      return;
    }
    if (!this.chat.isConfigured && !this.mailer.isConfigured) {
      await this.progress.complete(run, NOWHERE);
      return;
    }
    await this.remind(run, signal);
    await this.progress.complete(run);
  }

  fail(id: string, reason: string): Promise<void> {
    return this.progress.fail(id, reason);
  }

  unfinished(): Promise<readonly string[]> {
    return this.progress.unfinished(this.name);
  }

  /** Both channels have their try, so that one that is down does not silence the other. */
  private async remind(run: JobRun, signal: AbortSignal): Promise<void> {
    const freeLots = (await listAvailableLotViews(this.database)).length;
    const failures: unknown[] = [];
    const attempt = async (work: Promise<void>) => {
      await work.catch((error: unknown) => failures.push(error));
    };
    if (this.chat.isConfigured) await attempt(this.remindByChat(run, freeLots, signal));
    if (this.mailer.isConfigured) await attempt(this.remindByMail(run, freeLots, signal));
    if (failures.length > 0) throw failures[0];
  }

  private async remindByChat(run: JobRun, freeLots: number, signal: AbortSignal): Promise<void> {
    const shipment: Shipment = { subject: subjectOf(run), channel: 'chat', runId: run.id };
    for await (const batch of this.batches(shipment)) {
      for (const { recipients } of chatMessages(batch, freeLots)) {
        signal.throwIfAborted();
        const ids = recipients.map(({ id }) => id);
        const claimed = await this.deliveries.claim(shipment, ids);
        // Another instance may have some of them; the message names only ours.
        const ours = recipients.filter(({ id }) => claimed.includes(id));
        for (const message of chatMessages(ours, freeLots)) {
          await this.postClaimed(shipment, message, signal);
        }
      }
    }
  }

  private async postClaimed(
    shipment: Shipment,
    { text, recipients }: ChatMessage,
    signal: AbortSignal,
  ): Promise<void> {
    const ids = recipients.map(({ id }) => id);
    try {
      await this.chat.post(text, requestId(shipment, ids), signal);
    } catch (error) {
      if (error instanceof ChatInDoubt) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      await this.deliveries.release(shipment, ids, reason);
      throw error;
    }
    await this.deliveries.confirm(shipment, ids);
  }

  private async remindByMail(run: JobRun, freeLots: number, signal: AbortSignal): Promise<void> {
    const shipment: Shipment = { subject: subjectOf(run), channel: 'email', runId: run.id };
    const occasion = { day: run.period, freeLots, url: this.configuration.publicUrl };
    for await (const batch of this.batches(shipment)) {
      const mails = batch.map((recipient) => ({
        userId: recipient.id,
        mail: reminderMail(recipient, occasion),
      }));
      await this.mails.send(shipment, mails, signal);
    }
  }

  private async *batches(shipment: Shipment): AsyncGenerator<Recipient[]> {
    const now = this.clock.now();
    let afterId = 0;
    for (;;) {
      const selection = { shipment, now, afterId, limit: BATCH_SIZE };
      const batch = await listRecipients(this.database, selection);
      const last = batch.at(-1);
      if (!last) return;
      yield batch;
      afterId = last.id;
    }
  }

  private isDayOver({ startedAt }: JobRun): boolean {
    const { timezone } = this.configuration;
    return localDay(startedAt, timezone) !== localDay(this.clock.now(), timezone);
  }
}

/** The same for the same drivers on the same day, and for no others. */
function requestId({ subject }: Shipment, userIds: readonly number[]): string {
  const digest = createHash('sha256')
    .update(`${subject} ${userIds.join(' ')}`)
    .digest('hex');
  return `vpms-${digest.slice(0, 32)}`;
}
