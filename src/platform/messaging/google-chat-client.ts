import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { Configuration } from '../config/configuration.js';
import { Patience } from './delivery-timeouts.js';
import { MAX_PAUSE, TransientFailure, withRetries } from './retry.js';

/** What Google Chat takes in one message, in UTF-16 units. */
export const MAX_MESSAGE_LENGTH = 4_096;
/** Google Chat lets a webhook post one message a second. */
const PAUSE_BETWEEN_MESSAGES = 1_000;
/** The connection was never made, so nothing was posted. */
const NOT_CONNECTED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'];

/** The webhook did not say whether it took the message: it may have been posted, or not. */
export class ChatInDoubt extends Error {}

/** A try that may have posted the message, although nobody said so. */
class UnansweredTry extends TransientFailure {}

/** Posts to the Google Chat webhook that is configured. */
@Injectable()
export class Chat {
  private readonly oneAtATime = pLimit(1);
  private nextAt = 0;
  /** Until then the webhook wants to be left alone. */
  private closedUntil = 0;

  constructor(
    private readonly configuration: Configuration,
    private readonly patience: Patience,
  ) {}

  get isConfigured(): boolean {
    return this.configuration.googleChatWebhookUrl !== undefined;
  }

  /**
   * Posts the message, at most one a second; tries again on 429, 5xx, timeouts and lost connections.
   * @param requestId the same for each try: Google Chat makes one message of one id
   * @throws ChatInDoubt | Error where it was refused, or not taken after all tries
   */
  async post(text: string, requestId: string, signal: AbortSignal): Promise<void> {
    let inDoubt = false;
    try {
      await withRetries(
        () =>
          this.oneAtATime(async () => {
            await this.waitForTurn(signal);
            // From the answer on, so that messages also arrive a second apart.
            await this.tryToPost(text, requestId).finally(() => {
              this.nextAt = performance.now() + PAUSE_BETWEEN_MESSAGES;
            });
          }).catch((error: unknown) => {
            inDoubt ||= error instanceof UnansweredTry;
            throw error;
          }),
        signal,
      );
    } catch (error) {
      throw inDoubt ? new ChatInDoubt(reasonOf(error)) : error;
    }
  }

  private async waitForTurn(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const pause = this.closedUntil - now;
    if (pause > MAX_PAUSE) {
      throw new Error(`the webhook asks for a pause of ${Math.ceil(pause / 1000)} s more`);
    }
    if (this.nextAt > now) await sleep(this.nextAt - now, undefined, { signal });
  }

  private async tryToPost(text: string, requestId: string): Promise<void> {
    const url = new URL(this.configuration.googleChatWebhookUrl ?? '');
    url.searchParams.set('requestId', requestId);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ text }),
      redirect: 'manual',
      signal: AbortSignal.timeout(this.patience.answer),
    }).catch((error: unknown) => {
      const message = `the webhook does not answer: ${reasonOf(error)}`;
      throw isNotConnected(error) ? new TransientFailure(message) : new UnansweredTry(message);
    });
    await response.body?.cancel().catch(() => undefined);
    if (response.ok) return;
    const message = `the webhook answered ${response.status}`;
    if (response.status !== 429 && response.status < 500) throw new Error(message);
    const pause = retryAfter(response.headers.get('retry-after'));
    this.closedUntil = performance.now() + pause;
    throw new TransientFailure(message, pause);
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

function isNotConnected(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return NOT_CONNECTED.some((known) => known === code);
}
