import { describe, expect, it } from 'vitest';
import { readConfiguration } from './read-configuration.js';

describe('variables of reminders and mail', () => {
  it('are all optional', () => {
    expect(readConfiguration({})).toMatchObject({
      reminderHour: 18,
      reminderMinute: 0,
      googleChatWebhookUrl: undefined,
      smtpUrl: undefined,
      publicUrl: 'http://localhost:5000',
    });
    expect(readConfiguration({ PORT: '8080' }).publicUrl).toBe('http://localhost:8080');
  });

  it('are read from the environment', () => {
    const environment = {
      REMINDER_HOUR: '0',
      REMINDER_MINUTE: '59',
      GOOGLE_CHAT_WEBHOOK_URL: 'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t',
      SMTP_URL: 'smtps://user:pass@mail.example.com:465',
      MAIL_FROM: 'VPMS <vpms@example.com>',
      PUBLIC_URL: 'https://parking.example.com',
    };
    expect(readConfiguration(environment)).toMatchObject({
      reminderHour: 0,
      reminderMinute: 59,
      googleChatWebhookUrl: environment.GOOGLE_CHAT_WEBHOOK_URL,
      smtpUrl: environment.SMTP_URL,
      mailFrom: environment.MAIL_FROM,
      publicUrl: environment.PUBLIC_URL,
    });
    expect(readConfiguration({ ...environment, MAIL_FROM: 'vpms@example.com' }).mailFrom).toBe(
      'vpms@example.com',
    );
  });

  it('never result in a link with two slashes', () => {
    const { publicUrl } = readConfiguration({ PUBLIC_URL: 'https://example.com/parking/' });
    expect(publicUrl).toBe('https://example.com/parking');
  });

  it.each([
    ['REMINDER_HOUR', '24'],
    ['REMINDER_HOUR', '-1'],
    ['REMINDER_MINUTE', '60'],
    ['REMINDER_MINUTE', 'noon'],
    ['GOOGLE_CHAT_WEBHOOK_URL', 'chat.googleapis.com'],
    ['GOOGLE_CHAT_WEBHOOK_URL', 'ftp://example.com'],
    ['SMTP_URL', 'mail.example.com:25'],
    ['SMTP_URL', 'smtp:mail.example.com:25'],
    ['SMTP_URL', 'smtp://'],
    ['SMTP_URL', 'https://mail.example.com'],
    ['PUBLIC_URL', 'parking.example.com'],
    ['PUBLIC_URL', 'javascript:alert(1)'],
  ])('prevent the start if %s is %j', (name, value) => {
    expect(() => readConfiguration({ MAIL_FROM: 'a@example.com', [name]: value })).toThrow(
      `${name} must be`,
    );
  });

  it.each([undefined, '', 'vpms', 'VPMS <vpms>'])(
    'prevent the start if SMTP_URL is set and MAIL_FROM is %j',
    (sender) => {
      expect(() =>
        readConfiguration({ SMTP_URL: 'smtp://mail.example.com', MAIL_FROM: sender }),
      ).toThrow('MAIL_FROM must be');
    },
  );
});
