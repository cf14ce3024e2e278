import type { Readable } from 'node:stream';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';
import { Configuration } from '../config/configuration.js';
import { DeliveryTimeouts } from './delivery-timeouts.js';
import { classifyMailFailure, MailRefused } from './mail-failure.js';
import { TransientFailure, withRetries } from './retry.js';

/** Maximum number of mails that are sent at the same time, each over its own connection. */
export const MAX_CONCURRENT_MAILS = 4;

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Becomes the Message-ID. Stable across retries, so that mail servers can recognize a duplicate. */
  readonly id: string;
  /** The address of the page that ends reminders. It also accepts a one-click POST (RFC 8058). */
  readonly unsubscribeUrl?: string;
  readonly attachment?: { readonly name: string; readonly type: string; readonly content: Buffer };
}

/** Sends mail through the configured SMTP server. */
@Injectable()
export class Mailer implements OnApplicationShutdown {
  private readonly transport: Transporter | undefined;
  /** The content streams of the mails that are being sent, by message id. */
  private readonly contents = new Map<string, Readable>();

  constructor(
    private readonly configuration: Configuration,
    timeouts: DeliveryTimeouts,
  ) {
    const { smtpUrl } = configuration;
    if (smtpUrl === undefined) return;
    this.transport = createTransport({
      url: smtpUrl,
      pool: true,
      maxConnections: MAX_CONCURRENT_MAILS,
      dnsTimeout: timeouts.connection,
      connectionTimeout: timeouts.connection,
      greetingTimeout: timeouts.connection,
      socketTimeout: timeouts.idle,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    this.transport.use('stream', (mail, done) => {
      const { message } = mail;
      const open = message.createReadStream.bind(message);
      message.createReadStream = (options) => {
        const content = open(options);
        this.contents.set(String(mail.data.messageId), content);
        return content;
      };
      done();
    });
  }

  get isConfigured(): boolean {
    return this.transport !== undefined;
  }

  /**
   * Sends the mail. Retries if the server is unreachable or responds with a temporary error.
   * @throws MailRefused | DeliveryUncertain | Error if the server cannot be used
   */
  async send(mail: Mail, signal: AbortSignal): Promise<void> {
    try {
      await withRetries(() => this.attemptSend(mail), signal);
    } catch (error) {
      if (error instanceof TransientFailure && error.cause instanceof MailRefused)
        throw error.cause;
      throw error;
    }
  }

  /** Runs after the grace period for jobs, and aborts deliveries that still wait for the server. */
  onApplicationShutdown(): void {
    this.transport?.close({ force: true });
  }

  private async attemptSend({ id, to, attachment, unsubscribeUrl, ...mail }: Mail): Promise<void> {
    const host = new URL(this.configuration.publicUrl).hostname;
    const messageId = `<${id}@${host}>`;
    const message: SendMailOptions = {
      ...mail,
      // An object, because a comma in a string would separate two recipients.
      to: { name: '', address: to },
      from: this.configuration.mailFrom,
      messageId,
      // Prevents automatic replies such as vacation notices (RFC 3834).
      headers: {
        'Auto-Submitted': 'auto-generated',
        ...(unsubscribeUrl === undefined
          ? {}
          : {
              'List-Unsubscribe': `<${unsubscribeUrl}>`,
              'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
            }),
      },
      attachments: attachment && [
        { filename: attachment.name, contentType: attachment.type, content: attachment.content },
      ],
    };
    try {
      await this.transport?.sendMail(message);
    } catch (error) {
      // Nodemailer does not report which phase the session reached, but it reads the content only to send it.
      const isSent = this.contents.get(messageId)?.readableDidRead ?? false;
      throw classifyMailFailure(error, isSent);
    } finally {
      this.contents.delete(messageId);
    }
  }
}
