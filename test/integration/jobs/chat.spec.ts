import { describe, expect, it, type TestContext } from 'vitest';
import { readConfiguration } from '../../../src/platform/config/read-configuration.js';
import {
  GoogleChatClient,
  retryAfter,
} from '../../../src/platform/messaging/google-chat-client.js';
import { DeliveryUncertain } from '../../../src/platform/messaging/retry.js';
import type { DeliveryTimeouts } from '../../../src/platform/messaging/delivery-timeouts.js';
import { GoogleChatServer } from '../../support/servers/google-chat-server.js';

const { signal } = new AbortController();
const TIMEOUTS: DeliveryTimeouts = { response: 1_500, connection: 1_500, idle: 1_500 };

/** A client with its own Google Chat server, which ends with the test. */
async function open({ onTestFinished }: TestContext) {
  const webhook = await GoogleChatServer.start();
  onTestFinished(() => webhook[Symbol.asyncDispose]());
  return { webhook, chat: new GoogleChatClient(readConfiguration(webhook.environment), TIMEOUTS) };
}

/** Milliseconds between consecutive posts. */
function pauses({ posts }: GoogleChatServer): number[] {
  return posts.slice(1).map(({ at }, index) => at - (posts[index]?.at ?? 0));
}

// These tests wait for a second or more each, so they run concurrently.
describe.concurrent('GoogleChatClient', () => {
  it('posts the text as UTF-8 JSON with a request id', async (context) => {
    const { webhook, chat } = await open(context);
    await chat.post('<b> "é" 🚗 مرحبا', 'one', signal);
    expect(webhook.posts).toMatchObject([
      {
        text: '<b> "é" 🚗 مرحبا',
        contentType: 'application/json; charset=utf-8',
        requestId: 'one',
      },
    ]);
  });

  it('posts one message per second, even for concurrent calls', async (context) => {
    const { webhook, chat } = await open(context);
    await Promise.all(['a', 'b', 'c'].map((text) => chat.post(text, text, signal)));
    expect(webhook.posts.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    for (const pause of pauses(webhook)) expect(pause).toBeGreaterThan(995);
  });

  it.for([
    { name: '429', reply: 429 },
    { name: '500', reply: 500 },
    { name: '503', reply: 503 },
    { name: 'silence', reply: 'hang' },
    { name: 'a lost connection', reply: 'reset' },
  ] as const)('retries after $name with the same id', async ({ reply }, context) => {
    const { webhook, chat } = await open(context);
    webhook.responses = [reply];
    await chat.post('hello', 'one', signal);
    expect(webhook.posts.map(({ requestId }) => requestId)).toEqual(['one', 'one']);
    expect(webhook.accepted).toHaveLength(1);
  });

  it('waits as long as Retry-After requires, in seconds', async (context) => {
    const { webhook, chat } = await open(context);
    webhook.responses = [{ status: 429, retryAfter: '3' }];
    await chat.post('hello', 'one', signal);
    expect(pauses(webhook)[0]).toBeGreaterThan(2_950);
  });

  it('waits until the date of a Retry-After', async (context) => {
    const { webhook, chat } = await open(context);
    const date = new Date(Date.now() + 4_000).toUTCString();
    webhook.responses = [{ status: 503, retryAfter: date }];
    await chat.post('hello', 'one', signal);
    expect(pauses(webhook)[0]).toBeGreaterThan(2_500);
  });

  it('gives up if Retry-After is an hour, and posts nothing more', async (context) => {
    const { webhook, chat } = await open(context);
    webhook.responses = [{ status: 429, retryAfter: '3600' }];
    await expect(chat.post('hello', 'one', signal)).rejects.toThrow('responded with 429');
    await expect(chat.post('hello', 'one', signal)).rejects.toThrow(
      /requires a pause of another 3[56]\d\d s/,
    );
    expect(webhook.posts).toHaveLength(1);
  });

  it('gives up after four attempts', async (context) => {
    const { webhook, chat } = await open(context);
    webhook.defaultResponse = 500;
    await expect(chat.post('hello', 'one', signal)).rejects.toThrow(
      'Google Chat responded with 500',
    );
    expect(webhook.posts).toHaveLength(4);
  });

  it.for([400, 401, 403, 404, 302, 307])(
    'neither retries nor follows %i',
    async (reply, context) => {
      const { webhook, chat } = await open(context);
      webhook.defaultResponse = reply;
      await expect(chat.post('hello', 'one', signal)).rejects.toThrow(
        `Google Chat responded with ${reply}`,
      );
      expect(webhook.posts).toHaveLength(1);
    },
  );

  it('reports an uncertain delivery without a response, and a failure if the connection is refused', async (context) => {
    const { webhook, chat } = await open(context);
    webhook.responses = ['hang', 400];
    await expect(chat.post('hello', 'one', signal)).rejects.toBeInstanceOf(DeliveryUncertain);
    const stopped = await GoogleChatServer.start();
    const { environment } = stopped;
    await stopped[Symbol.asyncDispose]();
    const deaf = new GoogleChatClient(readConfiguration(environment), TIMEOUTS);
    const failure = await deaf.post('hello', 'one', signal).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(DeliveryUncertain);
  });

  it('stops waiting at shutdown', async (context) => {
    const { webhook, chat } = await open(context);
    const stop = new AbortController();
    webhook.responses = [{ status: 429, retryAfter: '30' }];
    setTimeout(() => stop.abort(), 200);
    await expect(chat.post('hello', 'one', stop.signal)).rejects.toThrow('aborted');
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-03-01T10:00:00Z');
  it.each([
    [null, 0],
    ['', 0],
    ['0', 0],
    ['120', 120_000],
    ['Sun, 01 Mar 2026 10:00:30 GMT', 30_000],
    ['Sun, 01 Mar 2026 09:59:00 GMT', 0],
    ['soon', 0],
    ['-5', 0],
  ])('%j is %i ms', (header, milliseconds) => {
    expect(retryAfter(header, now)).toBe(milliseconds);
  });
});
