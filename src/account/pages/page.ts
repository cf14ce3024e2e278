import type { FastifyReply } from 'fastify';
import { CodedError } from '../../platform/errors/coded-error.js';
import { PROBLEMS } from '../../platform/errors/problem-codes.js';
import { setRetryHeaders } from '../../platform/errors/problem.filter.js';
import { loadTemplate } from '../../platform/messaging/templates.js';

/** What a page shows; empty texts are omitted. */
export interface Page {
  /** HTTP status of the response. */
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** Why the form was refused. */
  readonly error: string;
  /** Caption of the button that sends the form; empty if there is no form. */
  readonly button: string;
  /** URL to which the form is sent. */
  readonly action: string;
  readonly hasPasswordField: boolean;
  /** The rule for a new password. */
  readonly rule: string;
}

const html = loadTemplate<Page>('./page.html.hbs', import.meta.url);

export function renderPage(page: Page): string {
  return html(page);
}

const EMPTY = { text: '', error: '', button: '', action: '', hasPasswordField: false, rule: '' };

/** A page without a form. */
export function messagePage(title: string, text: string, status = 200): Page {
  return { ...EMPTY, status, title, text };
}

/** A page with one button. */
export function formPage(
  title: string,
  form: Partial<Page> & Pick<Page, 'button' | 'action'>,
): Page {
  return { ...EMPTY, status: 200, title, ...form };
}

/** Sets the headers of a coded error, and returns its page. @throws any other error */
export function errorPage(error: unknown, reply: FastifyReply): Page {
  if (!(error instanceof CodedError)) throw error;
  setRetryHeaders(reply, error, error.code);
  return messagePage(PROBLEMS[error.code].title, error.message, PROBLEMS[error.code].status);
}
