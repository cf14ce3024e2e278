import { Injectable } from '@nestjs/common';
import { Account } from '../../../auth/accounts/account.entity.js';
import { PlateRetention } from '../../../parking/vehicles/plate-retention.js';
import { Clock } from '../../../platform/time/clock.js';
import { Configuration } from '../../../platform/config/configuration.js';
import { ReadDatabase } from '../../../platform/database/read-database.js';
import { TransactionRunner } from '../../../platform/database/transaction-runner.js';
import type { JobHandler, UnfinishedJob } from '../../../platform/queue/job-handler.js';
import type { DeliveryBatch } from '../../deliveries/deliveries.js';
import { EXPORT_SUBJECT } from '../../deliveries/mail-limits.js';
import type { Mail } from '../../../platform/messaging/mailer.js';
import { BulkMailer } from '../../deliveries/bulk-mailer.js';
import { loadTemplate } from '../../../platform/messaging/templates.js';
import { EXPORT_MAIL } from '../export-jobs.js';
import { Export } from '../export.entity.js';
import { readChunks } from '../export-files.js';
import { ExportPlates } from '../old-plates.js';
import { exportFileName, isExpired } from '../exports.service.js';

/** In compressed bytes. Mails link to larger files, because many servers limit a mail to 10 MB in all. */
const MAX_ATTACHMENT = 5 * 1024 * 1024;

interface ExportMailContext {
  readonly username: string;
  /** `1 booking` */
  readonly bookings: string;
  readonly filename: string;
  readonly isAttached: boolean;
  readonly url: string;
}

const text = loadTemplate<ExportMailContext>('./export-mail.txt.hbs', import.meta.url);
const html = loadTemplate<ExportMailContext>('./export-mail.html.hbs', import.meta.url);

/** Mails a finished export to the driver who requested it, at most once, if the address is confirmed. */
@Injectable()
export class ExportMailProcessor implements JobHandler {
  readonly kind = EXPORT_MAIL;

  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly mails: BulkMailer,
    private readonly retention: PlateRetention,
    private readonly plates: ExportPlates,
    private readonly clock: Clock,
    private readonly configuration: Configuration,
  ) {}

  async process(id: string, signal: AbortSignal): Promise<undefined> {
    const task = await this.database.getRepository(Export).findOneBy({ id, mail: 'pending' });
    if (!task) return;
    if (await isExpired(this.database, task, this.clock.now())) {
      await this.settle(id, 'failed');
      return;
    }
    const { userId } = task;
    const account = await this.database.getRepository(Account).findOneByOrFail({ id: userId });
    if (account.emailConfirmedAt === null) {
      await this.settle(id, 'failed');
      return;
    }
    const cutoff = this.retention.cutoff(this.clock.now().getTime());
    if (cutoff !== undefined) await this.plates.deleteOldPlates(cutoff);
    const batch: DeliveryBatch = { subject: `${EXPORT_SUBJECT}${id}`, channel: 'email' };
    const mail = await this.compose(task, account);
    const { withheld } = await this.mails.send(batch, [{ userId, mail }], signal);
    await this.settle(id, withheld > 0 ? 'failed' : 'done');
  }

  fail(id: string): Promise<void> {
    return this.settle(id, 'failed');
  }

  listUnfinished(): Promise<readonly UnfinishedJob[]> {
    return this.database.sql<{ id: string }[]>`
      SELECT id FROM exports WHERE mail = 'pending' ORDER BY created_at`;
  }

  private async compose(task: Export, account: Account): Promise<Mail> {
    const { id } = task;
    const content = await this.readFile(id);
    const filename = exportFileName(task);
    const context: ExportMailContext = {
      username: account.username,
      bookings: task.totalBookings === 1 ? '1 booking' : `${task.totalBookings ?? 0} bookings`,
      filename,
      isAttached: content !== undefined,
      url: `${this.configuration.publicUrl}/api/user/export-csv-download/${id}`,
    };
    return {
      id: `export-${id}`,
      to: account.email,
      subject: 'Your bookings as CSV',
      text: text(context),
      html: html(context),
      attachment: content && { name: `${filename}.gz`, type: 'application/gzip', content },
    };
  }

  /** The compressed file, or undefined if it is too large to be attached. */
  private async readFile(id: string): Promise<Buffer | undefined> {
    const [size] = await this.database.sql<{ bytes: number }[]>`
      SELECT COALESCE(SUM(LENGTH(bytes)), 0) AS bytes FROM export_chunks WHERE export_id = ${id}`;
    if (!size || size.bytes >= MAX_ATTACHMENT) return undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of readChunks(this.database, id)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  private async settle(id: string, mail: 'done' | 'failed'): Promise<void> {
    await this.transactions.run((tx) => tx.update(Export, { id }, { mail }));
  }
}
