import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { Configuration } from '../config/configuration.js';
import { DeliveryTimeouts } from './delivery-timeouts.js';
import { DeliveryUncertain, MAX_PAUSE, TransientFailure, withRetries } from './retry.js';
import { hasErrorCode } from '../errors/error-text.js';

/** Google Chat's limit for one message, in UTF-16 code units. */
export const MAX_MESSAGE_LENGTH = 4_096;
/** Google Chat accepts one message per second from a webhook. In milliseconds. */
const PAUSE_BETWEEN_MESSAGES = 1_000;
/** Error codes of connections that were never established, so nothing was posted. */
const NOT_CONNECTED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'];

/** Thrown after an attempt without a response: the message may have been posted. */
class AttemptWithoutResponse extends TransientFailure {}

/** Posts messages to the configured Google Chat space. */
@Injectable()
export class GoogleChatClient {
  private readonly queue = pLimit(1);
  /** When the rate limit permits the next message, on the monotonic clock. */
  private nextAt = 0;
  /** When the pause that Google Chat requested ends, on the monotonic clock. */
  private pausedUntil = 0;

  constructor(
    private readonly configuration: Configuration,
    private readonly timeouts: DeliveryTimeouts,
  ) {}

  get isConfigured(): boolean {
    return this.configuration.googleChatWebhookUrl !== undefined;
  }

  /**
   * Posts the message, at most one per second. Retries 429, 5xx, timeouts and lost connections.
   * @param requestId Google Chat creates one message per id, however often it is posted
   * @throws DeliveryUncertain | Error if the message was refused or all attempts failed
   */
  async post(text: string, requestId: string, signal: AbortSignal): Promise<void> {
    let isUncertain = false;
    try {
      await withRetries(
        () =>
          this.queue(async () => {
            await this.waitForRateLimit(signal);
            // Counted from the response, so that messages also arrive a second apart.
            await this.attemptPost(text, requestId).finally(() => {
              this.nextAt = performance.now() + PAUSE_BETWEEN_MESSAGES;
            });
          }).catch((error: unknown) => {
            isUncertain ||= error instanceof AttemptWithoutResponse;
            throw error;
          }),
        signal,
      );
    } catch (error) {
      throw isUncertain ? new DeliveryUncertain(reasonOf(error)) : error;
    }
  }

  private async waitForRateLimit(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const pause = this.pausedUntil - now;
    if (pause > MAX_PAUSE) {
      throw new Error(`Google Chat requires a pause of another ${Math.ceil(pause / 1000)} s`);
    }
    if (this.nextAt > now) await sleep(this.nextAt - now, undefined, { signal });
  }

  private async attemptPost(text: string, requestId: string): Promise<void> {
    const url = new URL(this.configuration.googleChatWebhookUrl ?? '');
    url.searchParams.set('requestId', requestId);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ text }),
      redirect: 'manual',
      signal: AbortSignal.timeout(this.timeouts.response),
    }).catch((error: unknown) => {
      const message = `Google Chat does not respond: ${reasonOf(error)}`;
      throw isNotConnected(error)
        ? new TransientFailure(message)
        : new AttemptWithoutResponse(message);
    });
    await response.body?.cancel().catch(() => undefined);
    if (response.ok) return;
    const message = `Google Chat responded with ${response.status}`;
    if (response.status !== 429 && response.status < 500) throw new Error(message);
    const pause = retryAfter(response.headers.get('retry-after'));
    this.pausedUntil = performance.now() + pause;
    throw new TransientFailure(message, pause);
  }
}

/**
 * Converts a `Retry-After` header, in seconds or as a date (RFC 9110, section 10.2.3), to milliseconds; 0 if
 * it is missing or invalid.
 */
export function retryAfter(header: string | null, now = Date.now()): number {
  if (header === null) return 0;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  return Math.max(0, Date.parse(header) - now) || 0;
}

/** `fetch` reports the actual reason only as the error's cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function isNotConnected(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return hasErrorCode(cause, ...NOT_CONNECTED);
}
