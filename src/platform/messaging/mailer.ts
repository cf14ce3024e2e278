import type { Readable } from 'node:stream';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';
import { Configuration } from '../config/configuration.js';
import { Patience } from './delivery-timeouts.js';
import { TransientFailure, withRetries } from './retry.js';

/** Mails on their way at the same time. */
export const MAX_CONCURRENT_MAILS = 4;

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same whenever this mail is sent, so that a mail server can recognise it. */
  readonly id: string;
  readonly attachment?: { readonly name: string; readonly type: string; readonly content: Buffer };
}

/** The server does not take this mail; others may well go through. */
export class MailRefused extends Error {}

/** The connection broke after the mail was handed over: it may have arrived, or not. */
export class MailInDoubt extends Error {}

/** Sends mail through the SMTP server that is configured. */
@Injectable()
export class Mailer implements OnApplicationShutdown {
  private readonly transport: Transporter | undefined;
  /** The content of each mail on its way, by message id. */
  private readonly contents = new Map<string, Readable>();

  constructor(
    private readonly configuration: Configuration,
    patience: Patience,
  ) {
    const { smtpUrl } = configuration;
    if (smtpUrl === undefined) return;
    this.transport = createTransport({
      url: smtpUrl,
      pool: true,
      maxConnections: MAX_CONCURRENT_MAILS,
      dnsTimeout: patience.connection,
      connectionTimeout: patience.connection,
      greetingTimeout: patience.connection,
      socketTimeout: patience.silence,
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
   * Hands the mail to the server; tries again where it could not be reached or asks to wait.
   * @throws MailRefused | MailInDoubt | Error where the server cannot be used at all
   */
  async send(mail: Mail, signal: AbortSignal): Promise<void> {
    try {
      await withRetries(() => this.tryToSend(mail), signal);
    } catch (error) {
      if (error instanceof TransientFailure && error.cause instanceof MailRefused)
        throw error.cause;
      throw error;
    }
  }

  /** The grace period is over: a delivery that still waits for the server is given up. */
  onApplicationShutdown(): void {
    this.transport?.close({ force: true });
  }

  private async tryToSend({ id, to, attachment, ...mail }: Mail): Promise<void> {
    const host = new URL(this.configuration.publicUrl).hostname;
    const messageId = `<${id}@${host}>`;
    const message: SendMailOptions = {
      ...mail,
      // Not as text, in which a comma would make two recipients.
      to: { name: '', address: to },
      from: this.configuration.mailFrom,
      messageId,
      // Keeps vacation notes and the like from answering (RFC 3834).
      headers: { 'Auto-Submitted': 'auto-generated' },
      attachments: attachment && [
        { filename: attachment.name, contentType: attachment.type, content: attachment.content },
      ],
    };
    try {
      await this.transport?.sendMail(message);
    } catch (error) {
      // Nodemailer does not say how far a conversation had come, but its content was read or not.
      const handedOver = this.contents.get(messageId)?.readableDidRead ?? false;
      throw classify(error, handedOver);
    } finally {
      this.contents.delete(messageId);
    }
  }
}

interface SmtpFailure {
  readonly message: string;
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
}

/** What a failure of nodemailer means for the mail, and for those after it. */
function classify(error: unknown, handedOver: boolean): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const { message, code, command, responseCode } = error as SmtpFailure;
  if (command === 'MAIL FROM') {
    const reason = `the mail server does not let us send: ${message}`;
    return isTemporary(responseCode) ? new TransientFailure(reason) : new Error(reason);
  }
  if (code === 'EENVELOPE' || code === 'EMESSAGE') {
    const refused = new MailRefused(message);
    if (!isTemporary(responseCode)) return refused;
    return Object.assign(new TransientFailure(message), { cause: refused });
  }
  if (code === 'EAUTH') return error;
  if (handedOver) return new MailInDoubt(`a mail was on its way when the server left: ${message}`);
  return new TransientFailure(`the mail server does not answer: ${message}`);
}

function isTemporary(responseCode: number | undefined): boolean {
  return responseCode !== undefined && responseCode < 500;
}
