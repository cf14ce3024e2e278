import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';
import { Configuration } from '../../common/config/configuration.js';
import { TransientFailure, withRetries } from './retry.js';

/** Mails on their way at the same time. */
export const MAX_CONCURRENT_MAILS = 4;
const CONNECT_TIMEOUT = 10_000;
/** The longest silence of the server within a conversation. */
const SOCKET_TIMEOUT = 30_000;

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

  constructor(private readonly configuration: Configuration) {
    const { smtpUrl } = configuration;
    if (smtpUrl === undefined) return;
    this.transport = createTransport({
      url: smtpUrl,
      pool: true,
      maxConnections: MAX_CONCURRENT_MAILS,
      connectionTimeout: CONNECT_TIMEOUT,
      greetingTimeout: CONNECT_TIMEOUT,
      socketTimeout: SOCKET_TIMEOUT,
      disableFileAccess: true,
      disableUrlAccess: true,
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

  onApplicationShutdown(): void {
    this.transport?.close();
  }

  private async tryToSend({ id, attachment, ...mail }: Mail): Promise<void> {
    const host = new URL(this.configuration.publicUrl).hostname;
    const message: SendMailOptions = {
      ...mail,
      from: this.configuration.mailFrom,
      messageId: `<${id}@${host}>`,
      // Keeps vacation notes and the like from answering (RFC 3834).
      headers: { 'Auto-Submitted': 'auto-generated' },
      attachments: attachment && [
        { filename: attachment.name, contentType: attachment.type, content: attachment.content },
      ],
    };
    try {
      await this.transport?.sendMail(message);
    } catch (error) {
      throw classify(error);
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
function classify(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const { message, code, command, responseCode } = error as SmtpFailure;
  if (code === 'EENVELOPE' || code === 'EMESSAGE') {
    const refused = new MailRefused(message);
    if (responseCode === undefined || responseCode >= 500) return refused;
    return Object.assign(new TransientFailure(message), { cause: refused });
  }
  if (code === 'EAUTH') return error;
  if (command === 'DATA') return new MailInDoubt(message);
  return new TransientFailure(`the mail server does not answer: ${message}`);
}
