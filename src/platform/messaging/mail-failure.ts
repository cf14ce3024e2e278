import { DeliveryUncertain, TransientFailure } from './retry.js';

/** The server refuses this mail; others may still be accepted. */
export class MailRefused extends Error {}

/** The fields of Nodemailer's errors. */
interface SmtpFailure {
  readonly message: string;
  readonly code?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

/**
 * Returns the error whose class shows whether the failure concerns this mail or the server, is temporary, or
 * leaves the outcome unknown. Only the codes of the server's response are kept: its text often contains the
 * recipient's address, and errors are logged and stored.
 */
export function classifyMailFailure(error: unknown, isSent: boolean): Error {
  if (!(error instanceof Error)) return new Error('sending a mail failed');
  const failure: SmtpFailure = error;
  const { code, command } = failure;
  const refuses = (what: string) => `the mail server refuses the ${what}${codesOf(failure)}`;
  const isTemporary = failure.responseCode !== undefined && failure.responseCode < 500;
  if (command === 'MAIL FROM') {
    const reason = refuses('sender of MAIL_FROM');
    return isTemporary ? new TransientFailure(reason) : new Error(reason);
  }
  if (code === 'EENVELOPE' || code === 'EMESSAGE') {
    const reason = refuses(code === 'EENVELOPE' ? 'recipient' : 'content');
    const refused = new MailRefused(reason);
    return isTemporary ? Object.assign(new TransientFailure(reason), { cause: refused }) : refused;
  }
  if (code === 'EAUTH') return new Error(refuses('login of SMTP_URL'));
  if (isSent)
    return new DeliveryUncertain(`the mail server has not confirmed a mail${causeOf(failure)}`);
  return new TransientFailure(`the mail server does not respond${causeOf(failure)}`);
}

/** For example `: 550 5.1.1`, the codes of SMTP (RFC 5321, RFC 3463). */
function codesOf({ responseCode, response = '' }: SmtpFailure): string {
  if (responseCode === undefined) return '';
  const [enhanced] = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(response) ?? [];
  return enhanced === undefined ? `: ${responseCode}` : `: ${responseCode} ${enhanced}`;
}

/** The codes of the server's response or, if there was no response, the message of Node.js or Nodemailer. */
function causeOf(failure: SmtpFailure): string {
  return codesOf(failure) || (failure.response === undefined ? `: ${failure.message}` : '');
}
