import { describe, expect, it } from 'vitest';
import { type Environment, readConfiguration } from './read-configuration.js';
import { StartError } from '../errors/start-error.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  JWT_SECRET: '7c1f0b9e64a25d38f7e2a1c04b96d85e',
  ADMIN_PASSWORD: 'long enough',
};

const GUESSABLE = 'can be guessed; set it to the output of: openssl rand -hex 32';

/** The lines of the error's message, without its heading. */
function errorsOf(environment: Environment): string[] {
  try {
    readConfiguration(environment);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return error.message.split('\n  ').slice(1);
  }
  return [];
}

describe('readConfiguration', () => {
  it('limits the days for which personal data is stored', () => {
    const days = {
      AUDIT_RETENTION_DAYS: '0',
      DELIVERY_RETENTION_DAYS: '6',
      SESSION_NETWORK_RETENTION_DAYS: '36501',
      PLATE_RETENTION_DAYS: '0',
    };
    expect(errorsOf(days)).toEqual([
      'PLATE_RETENTION_DAYS must be a whole number from 1 to 36500',
      'AUDIT_RETENTION_DAYS must be a whole number from 1 to 36500',
      'DELIVERY_RETENTION_DAYS must be a whole number from 7 to 36500',
      'SESSION_NETWORK_RETENTION_DAYS must be a whole number from 1 to 36500',
    ]);
  });

  it('is stricter in production', () => {
    expect(readConfiguration(PRODUCTION)).toMatchObject({
      production: true,
      host: '0.0.0.0',
      passwordMinLength: 8,
      corsOrigins: [],
      logFormat: 'json',
    });
  });

  it.each([
    ['NODE_ENV', 'staging', 'development, production, test'],
    ['METRICS_TOKEN', 'two words', 'without spaces'],
    ['PORT', '65536', 'whole number from 0 to 65535'],
    ['PORT', '-1', 'whole number'],
    ['PORT', '80.5', 'whole number'],
    ['PORT', '0x50', 'whole number'],
    ['PORT', ' 80', 'whole number'],
    ['RATE_LIMIT_ENABLED', 'no', 'true, false'],
    ['TRUST_PROXY', '0', '1 to 10 hops'],
    ['TRUST_PROXY', '11', '1 to 10 hops'],
    ['TRUST_PROXY', 'true', 'neither an address'],
    ['TRUST_PROXY', 'proxy.example', 'neither an address'],
    ['TRUST_PROXY', '10.0.0.1, 10.0.0.256', '"10.0.0.256"'],
    ['TRUST_PROXY', '10.0.0.0/33', 'nor a range'],
    ['TRUST_PROXY', '0.0.0.0/0', 'nor a range'],
    ['TRUST_PROXY', '::/0', 'nor a range'],
    ['TRUST_PROXY', '10.0.0.0/', 'nor a range'],
    ['DATABASE_URL', 'mysql://localhost/vpms', 'sqlite:PATH'],
    ['DATABASE_POOL_SIZE', '1', 'from 2 to 200'],
    ['DATABASE_CONNECT_TIMEOUT', 'soon', 'whole number'],
    ['DATABASE_STATEMENT_TIMEOUT', '-1', 'whole number'],
    ['DATABASE_URL', 'sqlite:', 'sqlite:PATH'],
    ['JWT_EXPIRES_IN', '0', 'from 1 to 31536000'],
    ['JWT_EXPIRES_IN', '24h', 'whole number'],
    ['PASSWORD_MIN_LENGTH', '129', 'from 1 to 128'],
    ['ADMIN_USERNAME', 'ab', '3 to 80 letters'],
    ['ADMIN_USERNAME', 'the admin', '3 to 80 letters'],
    ['ADMIN_EMAIL', 'admin', 'an e-mail address'],
    ['ADMIN_PASSWORD', 'short', '6 to 128 characters'],
    ['ADMIN_PASSWORD', 'x'.repeat(129), '6 to 128 characters'],
    ['CORS_ORIGINS', 'https://a.example/path', 'not an origin'],
    ...[
      'a.example',
      'https://a.example/',
      'https://A.example',
      'https://a.example:443',
      'https://*.example',
      'https://user@a.example',
      'https://a..example',
      'https://münchen.example',
      'wss://a.example',
      'ftp://a.example',
      'capacitor://localhost/',
      'capacitor://localhost/app',
      'capacitor://',
      'capacitor:localhost',
      'Capacitor://localhost',
      'javascript:alert(1)',
      'data:a',
      'about:blank',
      'file:///index.html',
      'Null',
    ].map((origin) => ['CORS_ORIGINS', origin, 'not an origin']),
    ['DATABASE_URL', 'sqlite::memory:', 'sqlite:PATH'],
    ['DATABASE_URL', 'sqlite:./vpms.db?cache=shared', 'sqlite:PATH'],
    ['DATABASE_URL', 'sqlite:/srv/vpms/', 'sqlite:PATH'],
    ['REDIS_URL', 'redis:localhost', 'names a host'],
    ['REDIS_URL', 'redis://', 'names a host'],
    ['REDIS_URL', 'redis://localhost/cache', 'number of a database'],
    ['GOOGLE_CHAT_WEBHOOK_URL', 'https://chat.example:0', 'names a host'],
    ['PUBLIC_URL', 'https://parking.example/?a=b', 'no user, query or fragment'],
    ['PUBLIC_URL', 'https://parking.example/#a', 'no user, query or fragment'],
    ['PUBLIC_URL', 'https://user:pass@parking.example', 'no user, query or fragment'],
    ['TIMEZONE', 'Mars/Olympus', 'IANA time zone'],
    ['CURRENCY', 'inr', 'ISO 4217'],
    ['CURRENCY', 'ZZZ', 'ISO 4217'],
    ['LOG_LEVEL', 'INFO', 'trace, debug'],
    ['LOG_FORMAT', 'xml', 'pretty, json'],
    ['REDIS_URL', 'http://localhost', 'redis://'],
    ['PROCESS_ROLE', 'worker', 'only if REDIS_URL is set'],
    ['PROCESS_ROLE', 'boss', 'must be one of'],
  ])('refuses %s=%s', (name, value, reason) => {
    const errors = errorsOf({ [name]: value });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(new RegExp(`^${name} `));
    expect(errors[0]).toContain(reason);
  });

  it('names every bad variable in one message', () => {
    const errors = errorsOf({ PORT: 'x', CURRENCY: 'x', TIMEZONE: 'x', LOG_LEVEL: 'x' });
    expect(errors.map((error) => error.split(' ')[0])).toEqual([
      'PORT',
      'TIMEZONE',
      'CURRENCY',
      'LOG_LEVEL',
    ]);
  });

  it.each([
    [{ JWT_SECRET: undefined }, 'JWT_SECRET is required in production'],
    [{ JWT_SECRET: 's'.repeat(31) }, 'JWT_SECRET must have at least 32 characters in production'],
    [{ JWT_SECRET: '🅿'.repeat(31) }, 'JWT_SECRET must have at least 32 characters in production'],
    [{ JWT_SECRET: 'abcdefgh'.repeat(4) }, `JWT_SECRET ${GUESSABLE}`],
    [{ JWT_SECRET: 'x'.repeat(64) }, `JWT_SECRET ${GUESSABLE}`],
    [
      { SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'a@mail.example' },
      'PUBLIC_URL is required in production if SMTP_URL is set: mails link to it',
    ],
    [{ ADMIN_PASSWORD: undefined }, 'ADMIN_PASSWORD is required in production'],
    [{ ADMIN_PASSWORD: 'admin123' }, 'ADMIN_PASSWORD must not be the default one in production'],
    [
      { ADMIN_PASSWORD: 'password1' },
      'ADMIN_PASSWORD must not be one of the most common ones in production',
    ],
    [{ ADMIN_PASSWORD: 'seven..' }, 'ADMIN_PASSWORD must have 8 to 128 characters'],
  ])('refuses production with %j', (change, error) => {
    expect(errorsOf({ ...PRODUCTION, ...change })).toEqual([error]);
  });

  it('accepts mail in production with PUBLIC_URL', () => {
    const mail = { SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'a@mail.example' };
    const publicUrl = 'https://parking.example';
    expect(readConfiguration({ ...PRODUCTION, ...mail, PUBLIC_URL: publicUrl })).toMatchObject({
      publicUrl,
    });
  });

  it('accepts the default admin password only if it is long enough or not needed', () => {
    expect(readConfiguration({ PASSWORD_MIN_LENGTH: '20' }).adminPassword).toBe('admin123');
    expect(errorsOf({ PASSWORD_MIN_LENGTH: '20', ADMIN_PASSWORD: 'admin123' })).toHaveLength(1);
  });
});
