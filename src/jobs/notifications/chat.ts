import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Configuration } from '../../common/config/configuration.js';
import { TransientFailure, withRetries } from './retry.js';

/** What Google Chat takes in one message, in UTF-16 units. */
export const MAX_MESSAGE_LENGTH = 4_096;
/** Google Chat lets a webhook post one message a second. */
const PAUSE_BETWEEN_MESSAGES = 1_000;
const TIMEOUT = 10_000;

/** Posts to the Google Chat webhook that is configured. */
@Injectable()
export class Chat {
  private nextAt = 0;

  constructor(private readonly configuration: Configuration) {}

  get isConfigured(): boolean {
    return this.configuration.googleChatWebhookUrl !== undefined;
  }

  /**
   * Posts the message, at most one a second; tries again on 429, 5xx, timeouts and lost connections.
   * @param requestId the same for each try: Google Chat makes one message of one id
   * @throws Error where it was refused, or not taken after all tries
   */
  post(text: string, requestId: string, signal: AbortSignal): Promise<void> {
    return withRetries(async () => {
      await this.waitForTurn(signal);
      await this.tryToPost(text, requestId);
    }, signal);
  }

  private async waitForTurn(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const turn = Math.max(now, this.nextAt);
    this.nextAt = turn + PAUSE_BETWEEN_MESSAGES;
    if (turn > now) await sleep(turn - now, undefined, { signal });
  }

  private async tryToPost(text: string, requestId: string): Promise<void> {
    const url = new URL(this.configuration.googleChatWebhookUrl ?? '');
    url.searchParams.set('requestId', requestId);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ text }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    }).catch((error: unknown) => {
      throw new TransientFailure(`the webhook does not answer: ${reasonOf(error)}`);
    });
    await response.body?.cancel();
    if (response.ok) return;
    const message = `the webhook answered ${response.status}`;
    if (response.status !== 429 && response.status < 500) throw new Error(message);
    throw new TransientFailure(message, retryAfter(response.headers.get('retry-after')));
  }
}

/** Milliseconds, from the seconds or the date of a `Retry-After` header (RFC 9110, 10.2.3). */
export function retryAfter(header: string | null, now = Date.now()): number {
  if (header === null) return 0;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  return Math.max(0, Date.parse(header) - now) || 0;
}

/** `fetch` hides the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
