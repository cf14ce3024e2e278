import type { Mail } from '../../platform/messaging/mailer.js';
import { loadTemplate } from '../../platform/messaging/templates.js';
import { freeLotsSentence } from './chat-message.js';
import type { Recipient } from './recipient-queries.js';

interface ReminderContext {
  readonly username: string;
  readonly freeLots: string;
  readonly url: string;
}

const text = loadTemplate<ReminderContext>('./reminder.txt.hbs', import.meta.url);
const html = loadTemplate<ReminderContext>('./reminder.html.hbs', import.meta.url);

interface ReminderDetails {
  /** The day: `2026-03-01`. */
  readonly day: string;
  readonly freeLots: number;
  /** Base URL of the program. */
  readonly url: string;
}

export function reminderMail({ id, username, email }: Recipient, occasion: ReminderDetails): Mail {
  const { day, freeLots, url } = occasion;
  const context = { username, freeLots: freeLotsSentence(freeLots), url };
  return {
    id: `reminder-${day}-${id}`,
    to: email,
    subject: 'Your spot is waiting',
    text: text(context),
    html: html(context),
  };
}
