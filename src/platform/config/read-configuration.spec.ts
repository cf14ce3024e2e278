import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfiguration } from './read-configuration.js';

describe('readConfiguration', () => {
  it('returns the defaults of the contract', () => {
    expect(readConfiguration({})).toEqual({
      production: false,
      port: 5000,
      host: '127.0.0.1',
      dataDirectory: resolve('data'),
      database: { kind: 'sqlite', file: resolve('data/vpms.db') },
      redisUrl: undefined,
      role: 'all',
      jwtSecret: undefined,
      jwtExpiresIn: 86_400,
      adminUsername: 'admin',
      adminEmail: 'admin@vpms.local',
      adminPassword: 'admin123',
      passwordMinLength: 6,
      corsOrigins: ['*'],
      trustedProxies: [],
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      currency: 'INR',
      reminderHour: 18,
      reminderMinute: 0,
      googleChatWebhookUrl: undefined,
      smtpUrl: undefined,
      mailFrom: '',
      publicUrl: 'http://localhost:5000',
      rateLimitEnabled: true,
      apiDocs: true,
      publicBoard: true,
      retentionDays: { plates: undefined, audit: 1_095, deliveries: 35, networks: 365 },
      registrationsPerHour: 30,
      logLevel: 'info',
      logFormat: 'pretty',
    });
  });

  it('treats an empty variable as unset', () => {
    const empty = Object.fromEntries(
      ['PORT', 'HOST', 'DATABASE_URL', 'JWT_SECRET', 'CURRENCY', 'REDIS_URL'].map((name) => [
        name,
        '',
      ]),
    );
    expect(readConfiguration(empty)).toEqual(readConfiguration({}));
  });

  it('reads the variables that are set', () => {
    const configuration = readConfiguration({
      PORT: '0',
      DATA_DIR: '/var/lib/vpms',
      DATABASE_URL: 'sqlite:///srv/other.db',
      CORS_ORIGINS: 'https://a.example, http://localhost:3000',
      TIMEZONE: 'Asia/Kolkata',
      CURRENCY: 'KWD',
      PROCESS_ROLE: 'all',
      LOG_LEVEL: 'silent',
      RATE_LIMIT_ENABLED: 'false',
    });
    expect(configuration).toMatchObject({
      port: 0,
      dataDirectory: '/var/lib/vpms',
      database: { kind: 'sqlite', file: '/srv/other.db' },
      corsOrigins: ['https://a.example', 'http://localhost:3000'],
      timezone: 'Asia/Kolkata',
      currency: 'KWD',
      logLevel: 'silent',
      rateLimitEnabled: false,
    });
  });

  it('accepts every origin that a browser can send', () => {
    const origins = [
      'https://a.example',
      'http://localhost:3000',
      'http://127.0.0.1',
      'http://[::1]:8080',
      'https://xn--mnchen-3ya.example',
      'https://a_b.example',
      'capacitor://localhost',
      'ionic://localhost',
      'tauri://localhost',
      'app://vpms',
      'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
      'moz-extension://5a3f5c7e-8d26-4f0f-9c39-3a5a4e2f8a11',
      'safari-web-extension://5A3F5C7E-8D26-4F0F-9C39-3A5A4E2F8A11',
      'file://',
      'null',
    ];
    expect(readConfiguration({ CORS_ORIGINS: origins.join(',') }).corsOrigins).toEqual(origins);
  });
});
