import { MAX_MESSAGE_LENGTH } from '../../platform/messaging/google-chat-client.js';
import type { Recipient } from './reminder-recipients.js';

/** A message, and whom it names. */
export interface ChatMessage {
  readonly text: string;
  readonly recipients: readonly Recipient[];
}

/** How many lots have a free spot, as a sentence. */
export function freeLotsSentence(freeLots: number): string {
  if (freeLots === 0) return 'No parking lot has a free spot right now.';
  if (freeLots === 1) return '1 parking lot has free spots right now.';
  return `${freeLots} parking lots have free spots right now.`;
}

/** Names the drivers in as few messages as Google Chat's limit allows. */
export function chatMessages(recipients: readonly Recipient[], freeLots: number): ChatMessage[] {
  const opening = `No booking for more than a week. ${freeLotsSentence(freeLots)}\n`;
  const messages: ChatMessage[] = [];
  let text = opening;
  let named: Recipient[] = [];
  for (const recipient of recipients) {
    const line = `\n• ${verbatim(recipient.username)}`;
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

/** As code, so that Google Chat takes no `_` or `*` for markup and no `<…>` for a mention. */
function verbatim(name: string): string {
  return `\`${name.replaceAll('`', "'")}\``;
}
