import type { Mail } from '../../platform/messaging/mailer.js';
import { loadTemplate } from '../../platform/messaging/templates.js';
import { freeLotsSentence } from './chat-message.js';
import type { Inactivity, Recipient } from './recipient-queries.js';

interface Wording {
  readonly subject: string;
  readonly situation: string;
  readonly invitation: string;
}

const BOOK = 'Book a spot when you need one';
const WORDINGS: Record<Inactivity, Wording> = {
  new: {
    subject: 'Your spot is waiting',
    situation: 'You have not booked a spot yet.',
    invitation: BOOK,
  },
  away: {
    subject: 'Your spot is waiting',
    situation: 'You have not booked a spot for more than a week.',
    invitation: BOOK,
  },
  parked: {
    subject: 'You are still parked',
    situation: 'You have been parked for more than a week.',
    invitation: 'Release your spot when you leave',
  },
};

interface ReminderContext extends Wording {
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

export function reminderMail(recipient: Recipient, occasion: ReminderDetails): Mail {
  const { id, username, email, inactivity } = recipient;
  const { day, url } = occasion;
  const wording = WORDINGS[inactivity];
  // A parked driver needs no free spot.
  const freeLots = inactivity === 'parked' ? '' : freeLotsSentence(occasion.freeLots);
  const context = { ...wording, username, freeLots, url };
  return {
    id: `reminder-${day}-${id}`,
    to: email,
    subject: wording.subject,
    text: text(context),
    html: html(context),
  };
}
