import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfiguration } from '../../../src/platform/config/read-configuration.js';
import { MailRefused } from '../../../src/platform/messaging/mail-failure.js';
import { type Mail, Mailer } from '../../../src/platform/messaging/mailer.js';
import { DeliveryUncertain } from '../../../src/platform/messaging/retry.js';
import type { DeliveryTimeouts } from '../../../src/platform/messaging/delivery-timeouts.js';
import { MailServer, type MailServerOptions } from '../../support/servers/mail-server.js';

const { signal } = new AbortController();
const TIMEOUTS: DeliveryTimeouts = { response: 500, connection: 500, idle: 500 };
const MAIL: Mail = {
  id: 'test-1',
  to: 'driver@example.com',
  subject: 'Grüße 🚗',
  text: 'Text\n.\n.line',
  html: '<p>مرحبا</p>',
};

describe('Mailer', () => {
  let server: MailServer;
  let mailer: Mailer;

  async function use(options: MailServerOptions = {}, environment = {}): Promise<void> {
    server = await MailServer.start(options);
    const url = 'https://parking.example.com';
    mailer = new Mailer(
      readConfiguration({ PUBLIC_URL: url, ...server.environment, ...environment }),
      TIMEOUTS,
    );
  }

  beforeEach(() => use());
  afterEach(async () => {
    mailer.onApplicationShutdown();
    await server[Symbol.asyncDispose]();
  });

  const failureOf = (mail: Mail) => mailer.send(mail, signal).catch((error: unknown) => error);

  it('sends text and HTML from the configured sender, marked as automatic', async () => {
    await mailer.send(MAIL, signal);
    const { parsed } = server.mailTo('driver@example.com');
    expect(parsed.subject).toBe('Grüße 🚗');
    expect(parsed.text?.trimEnd()).toBe('Text\n.\n.line');
    expect(parsed.html).toContain('<p>مرحبا</p>');
    expect(parsed.from?.value).toEqual([{ name: 'VPMS', address: 'vpms@example.com' }]);
    expect(parsed.messageId).toBe('<test-1@parking.example.com>');
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated');
  });

  it('sends to one recipient, even if an imported address contains several', async () => {
    await failureOf({ ...MAIL, to: 'a@example.com, b@example.com' });
    await failureOf({ ...MAIL, to: 'a@example.com\r\nBcc: b@example.com' });
    expect(server.recipients).not.toContain('b@example.com');
  });

  it('logs in', async () => {
    await server[Symbol.asyncDispose]();
    await use({ login: { user: 'vpms', password: 'p@ss/word' } });
    await mailer.send(MAIL, signal);
    expect(server.received).toHaveLength(1);
  });

  it('reports an unusable server for a wrong password', async () => {
    await server[Symbol.asyncDispose]();
    await use({ login: { user: 'vpms', password: 'right' } });
    const { smtpUrl = '' } = readConfiguration(server.environment);
    const wrong = { SMTP_URL: smtpUrl.replace('right', 'wrong') };
    mailer = new Mailer(readConfiguration({ ...server.environment, ...wrong }), TIMEOUTS);
    const failure = await failureOf(MAIL);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(MailRefused);
    expect(failure).not.toBeInstanceOf(DeliveryUncertain);
    expect(String(failure)).toBe('Error: the mail server refuses the login of SMTP_URL: 535');
  });

  it('reports a refusal for a 5xx of the recipient, without a retry', async () => {
    server.refuse = () => 550;
    const failure = await failureOf(MAIL);
    expect(failure).toBeInstanceOf(MailRefused);
    // The message omits the server's text, which contains the address.
    expect(String(failure)).toBe('Error: the mail server refuses the recipient: 550 5.1.1');
    expect(server.recipients).toHaveLength(1);
  });

  it('reports a refusal without the address if its form is invalid', async () => {
    const failure = await failureOf({ ...MAIL, to: 'driver at\r\nexample' });
    expect(String(failure)).toBe('Error: the mail server refuses the recipient: 501');
  });

  it('retries a 4xx, and then reports a refusal', async () => {
    server.refuse = () => (server.recipients.length < 3 ? 450 : undefined);
    await mailer.send(MAIL, signal);
    expect(server.received).toHaveLength(1);
    server.refuse = () => 450;
    expect(await failureOf(MAIL)).toBeInstanceOf(MailRefused);
    expect(server.recipients).toHaveLength(3 + 4);
  });

  it('reports an unusable server if the sender is refused', async () => {
    server.refuseSender = 530;
    const failure = await failureOf(MAIL);
    expect(failure).not.toBeInstanceOf(MailRefused);
    expect(String(failure)).toContain('refuses the sender of MAIL_FROM');
  });

  it.each(['stall', 'drop'] as const)(
    'reports an uncertain delivery, without a retry, if the server has the mail and reacts with %s',
    async (reaction) => {
      server.reactionTo = () => reaction;
      expect(await failureOf(MAIL)).toBeInstanceOf(DeliveryUncertain);
      expect(server.received).toHaveLength(1);
    },
  );

  it('retries if the server failed before it had the mail', async () => {
    const { port } = server;
    await mailer.send(MAIL, signal);
    await server[Symbol.asyncDispose]();
    const sent = mailer.send({ ...MAIL, id: 'test-2' }, signal);
    await new Promise((done) => setTimeout(done, 300));
    server = await MailServer.start({ port });
    await sent;
    expect(server.received).toHaveLength(1);
  });

  it('gives up on an unreachable server and reports that nothing arrived', async () => {
    await server[Symbol.asyncDispose]();
    const failure = await failureOf(MAIL);
    expect(String(failure)).toContain('does not respond');
    expect(failure).not.toBeInstanceOf(DeliveryUncertain);
    server = await MailServer.start();
  });
});
