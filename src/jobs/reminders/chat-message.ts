import { MAX_MESSAGE_LENGTH } from '../../platform/messaging/google-chat-client.js';
import type { Recipient } from './recipient-queries.js';

/** A message and the drivers that it names. */
export interface ChatMessage {
  readonly text: string;
  readonly recipients: readonly Recipient[];
}

/** A sentence with the number of lots that have a free spot. */
export function freeLotsSentence(freeLots: number): string {
  if (freeLots === 0) return 'No parking lot has a free spot right now.';
  if (freeLots === 1) return '1 parking lot has free spots right now.';
  return `${freeLots} parking lots have free spots right now.`;
}

/** Names all drivers, in as few messages as Google Chat's length limit allows. */
export function chatMessages(recipients: readonly Recipient[], freeLots: number): ChatMessage[] {
  const isOfRecent = recipients.some(({ inactivity }) => inactivity === null);
  const why = `Drivers without a booking in the last 7 days${isOfRecent ? ', or with one that starts soon' : ''}.`;
  const opening = `${why} ${freeLotsSentence(freeLots)}\n`;
  const messages: ChatMessage[] = [];
  let text = opening;
  let named: Recipient[] = [];
  for (const recipient of recipients) {
    const line = `\n• ${verbatim(recipient.username)}${upcomingText(recipient)}`;
    if (named.length > 0 && text.length + line.length > MAX_MESSAGE_LENGTH) {
      messages.push({ text, recipients: named });
      text = opening;
      named = [];
    }
    text += line;
    named.push(recipient);
  }
  return named.length > 0 ? [...messages, { text, recipients: named }] : messages;
}

/** Marks drivers with a booking that starts soon: it may be the only reason to name them. */
function upcomingText({ upcomingFrom }: Recipient): string {
  return upcomingFrom === null ? '' : ' (has a booking that starts within 24 hours)';
}

/** Formatted as code, so that Google Chat does not interpret `_`, `*` and `<…>` in a name. */
function verbatim(name: string): string {
  return `\`${name.replaceAll('`', "'")}\``;
}
