import { DateTime } from 'luxon';
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

/** The words for a driver who is only reminded of a booking ahead. */
const UPCOMING: Wording = {
  subject: 'Your booking starts soon',
  situation: '',
  invitation: 'See your booking',
};

interface ReminderContext extends Wording {
  /** Empty if no booking starts within a day. */
  readonly upcoming: string;
  readonly username: string;
  readonly freeLots: string;
  readonly url: string;
  readonly unsubscribeUrl: string;
}

const text = loadTemplate<ReminderContext>('./reminder.txt.hbs', import.meta.url);
const html = loadTemplate<ReminderContext>('./reminder.html.hbs', import.meta.url);

interface ReminderDetails {
  /** The day: `2026-03-01`. */
  readonly day: string;
  readonly freeLots: number;
  /** Base URL of the program. */
  readonly url: string;
  /** IANA name. */
  readonly timezone: string;
  /** The page on which the recipient ends the reminders. */
  readonly unsubscribeUrl: string;
}

export function reminderMail(recipient: Recipient, occasion: ReminderDetails): Mail {
  const { id, username, email, inactivity } = recipient;
  const { day, url, timezone, unsubscribeUrl } = occasion;
  const wording = inactivity === null ? UPCOMING : WORDINGS[inactivity];
  // A driver who is parked or has booked needs no free spot.
  const needsSpot = inactivity === 'new' || inactivity === 'away';
  const freeLots = needsSpot ? freeLotsSentence(occasion.freeLots) : '';
  const upcoming = upcomingSentence(recipient, timezone);
  const context = { ...wording, username, freeLots, url, upcoming, unsubscribeUrl };
  return {
    id: `reminder-${day}-${id}`,
    to: email,
    subject: wording.subject,
    text: text(context),
    html: html(context),
    unsubscribeUrl,
  };
}

/** Empty without a reservation that starts within a day. */
function upcomingSentence({ upcomingFrom }: Recipient, zone: string): string {
  if (upcomingFrom === null) return '';
  const start = DateTime.fromMillis(upcomingFrom, { zone, locale: 'en' });
  return `Your booking starts on ${start.toFormat('ccc d LLL, HH:mm')}.`;
}
