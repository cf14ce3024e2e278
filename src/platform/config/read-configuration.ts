import { join, resolve } from 'node:path';
import { isEmail } from 'class-validator';
import { IANAZone } from 'luxon';
import {
  type Configuration,
  type DatabaseSettings,
  DEFAULT_ADMIN_PASSWORD,
  PROCESS_ROLES,
  type ProcessRole,
} from './configuration.js';
import { readRetention } from './read-retention.js';
import { isCommonPassword } from './common-passwords.js';
import { CURRENCIES } from '../money/currencies.js';
import { DEFAULT_REGISTRATIONS_PER_HOUR } from '../rate-limits/limit-policies.js';
import { codePoints } from '../text.js';
import { isGuessable, MIN_SECRET_LENGTH } from './token-secret.js';
import { readOrigins } from './cors-origins.js';
import { readTrustedProxies } from './trusted-proxies.js';
import { type Environment, VariableReader } from './environment/variable-reader.js';

export type { Environment } from './environment/variable-reader.js';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const LOG_FORMATS = ['pretty', 'json'] as const;
const ENVIRONMENTS = ['development', 'production', 'test'] as const;

/**
 * Reads every variable of the table in docs/contract.md; an empty value counts as unset.
 * @throws StartError naming every bad variable, not only the first.
 */
export function readConfiguration(environment: Environment): Configuration {
  const read = new VariableReader(environment);
  const production = read.oneOf('NODE_ENV', ENVIRONMENTS, 'development') === 'production';
  const dataDirectory = resolve(read.text('DATA_DIR', './data'));
  const passwordMinLength = read.integer('PASSWORD_MIN_LENGTH', production ? 8 : 6, 1, 128);
  const redisUrl = readRedisUrl(read);
  const port = read.integer('PORT', 5000, 0, 65_535);

  const configuration: Configuration = {
    production,
    port,
    host: read.text('HOST', production ? '0.0.0.0' : '127.0.0.1'),
    dataDirectory,
    database: readDatabase(read, dataDirectory),
    redisUrl,
    role: readRole(read, redisUrl),
    jwtSecret: readSecret(read, production),
    jwtExpiresIn: read.integer('JWT_EXPIRES_IN', 86_400, 1, 31_536_000),
    adminUsername: read.matching('ADMIN_USERNAME', 'admin', isUsername, USERNAME_RULE),
    adminEmail: read.matching('ADMIN_EMAIL', 'admin@vpms.local', isEmail, 'an e-mail address'),
    adminPassword: readAdminPassword(read, production, passwordMinLength),
    passwordMinLength,
    corsOrigins: readOrigins(read, production),
    trustedProxies: readTrustedProxies(read),
    timezone: read.matching(
      'TIMEZONE',
      Intl.DateTimeFormat().resolvedOptions().timeZone,
      (zone) => IANAZone.isValidZone(zone),
      'an IANA time zone such as Asia/Kolkata',
    ),
    currency: read.matching('CURRENCY', 'INR', isCurrency, 'an ISO 4217 code such as INR'),
    reminderHour: read.integer('REMINDER_HOUR', 18, 0, 23),
    reminderMinute: read.integer('REMINDER_MINUTE', 0, 0, 59),
    googleChatWebhookUrl: read.url('GOOGLE_CHAT_WEBHOOK_URL', ['https:', 'http:']),
    ...readMail(read),
    publicUrl: readPublicUrl(read, production) ?? `http://localhost:${port}`,
    rateLimitEnabled: read.boolean('RATE_LIMIT_ENABLED', 'true'),
    registrationsPerHour: read.integer(
      'REGISTRATIONS_PER_HOUR',
      DEFAULT_REGISTRATIONS_PER_HOUR,
      1,
      1_000_000,
    ),
    retentionDays: readRetention(read),
    metricsToken: readMetricsToken(read),
    apiDocs: read.boolean('API_DOCS', 'true'),
    publicBoard: read.boolean('PUBLIC_BOARD', 'true'),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    logFormat: read.oneOf('LOG_FORMAT', LOG_FORMATS, production ? 'json' : 'pretty'),
  };
  read.throwIfInvalid();
  return configuration;
}

const USERNAME_RULE = '3 to 80 letters, digits, ".", "_" or "-"';

function isUsername(value: string): boolean {
  return /^[A-Za-z0-9._-]{3,80}$/.test(value);
}

function isCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}

function readDatabase(read: VariableReader, dataDirectory: string): DatabaseSettings {
  const fallback = join(dataDirectory, 'vpms.db');
  const url = read.text('DATABASE_URL', `sqlite:${fallback}`);
  const settings = {
    poolSize: read.integer('DATABASE_POOL_SIZE', 10, 2, 200),
    connectTimeout: read.integer('DATABASE_CONNECT_TIMEOUT', 2_000, 100, 60_000),
    statementTimeout: read.integer('DATABASE_STATEMENT_TIMEOUT', 4_000, 100, 600_000),
  };
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) {
    return { kind: 'postgres', url, ...settings };
  }
  // Refuses SQLite's URI parameters and `:memory:`, which would be used as file names.
  const file = /^sqlite:(?:\/\/)?((?!:)[^?]*[^?/])$/.exec(url)?.[1];
  if (!file)
    read.addError('DATABASE_URL', 'must be sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME');
  return { kind: 'sqlite', file: resolve(file ?? fallback) };
}

function readRedisUrl(read: VariableReader): string | undefined {
  const text = read.url('REDIS_URL', ['redis:', 'rediss:']);
  const { host, pathname } = new URL(text && URL.canParse(text) ? text : 'redis://none');
  if (host !== '' && !/^\/?\d*$/.test(pathname)) {
    read.addError('REDIS_URL', 'must end with the host, or with / and the number of a database');
  }
  return text;
}

function readSecret(read: VariableReader, production: boolean): string | undefined {
  const secret = read.optional('JWT_SECRET');
  if (production && !secret) read.addError('JWT_SECRET', 'is required in production');
  if (production && secret && codePoints(secret) < MIN_SECRET_LENGTH) {
    read.addError('JWT_SECRET', `must have at least ${MIN_SECRET_LENGTH} characters in production`);
  } else if (production && secret && isGuessable(secret)) {
    read.addError('JWT_SECRET', 'can be guessed; set it to the output of: openssl rand -hex 32');
  }
  return secret;
}

function readAdminPassword(read: VariableReader, production: boolean, minLength: number): string {
  const password = read.optional('ADMIN_PASSWORD');
  if (password === undefined) {
    if (production) read.addError('ADMIN_PASSWORD', 'is required in production');
    return DEFAULT_ADMIN_PASSWORD;
  }
  if (production && password === DEFAULT_ADMIN_PASSWORD) {
    read.addError('ADMIN_PASSWORD', 'must not be the default one in production');
  } else if (production && isCommonPassword(password)) {
    read.addError('ADMIN_PASSWORD', 'must not be one of the most common ones in production');
  }
  const length = codePoints(password);
  if (length < minLength || length > 128) {
    read.addError('ADMIN_PASSWORD', `must have ${minLength} to 128 characters`);
  }
  return password;
}

function readMail(read: VariableReader): Pick<Configuration, 'smtpUrl' | 'mailFrom'> {
  const smtpUrl = read.url('SMTP_URL', ['smtp:', 'smtps:']);
  const mailFrom = read.text('MAIL_FROM', '');
  const [, address = mailFrom] = /<([^<>]+)>$/.exec(mailFrom) ?? [];
  if (smtpUrl && !isEmail(address)) {
    read.addError('MAIL_FROM', 'must be an e-mail address, or NAME <ADDRESS>, if SMTP_URL is set');
  }
  return { smtpUrl, mailFrom };
}

/** The URL without a slash at the end. */
function readPublicUrl(read: VariableReader, production: boolean): string | undefined {
  const text = read.url('PUBLIC_URL', ['https:', 'http:']);
  if (text === undefined) {
    if (production && read.optional('SMTP_URL')) {
      read.addError('PUBLIC_URL', 'is required in production if SMTP_URL is set: mails link to it');
    }
    return undefined;
  }
  if (URL.canParse(text) && /[?#@]/.test(text)) {
    read.addError('PUBLIC_URL', 'must have no user, query or fragment: paths are appended to it');
  }
  return text.replace(/\/+$/, '');
}

function readMetricsToken(read: VariableReader): string | undefined {
  const token = read.optional('METRICS_TOKEN');
  if (token !== undefined && !/^[!-~]+$/.test(token)) {
    read.addError('METRICS_TOKEN', 'must be visible ASCII characters, without spaces');
  }
  return token;
}

/** Without Redis there is no queue between processes, so one process must do everything. */
function readRole(read: VariableReader, redisUrl: string | undefined): ProcessRole {
  const role = read.oneOf('PROCESS_ROLE', PROCESS_ROLES, 'all');
  if (role !== 'all' && !redisUrl) {
    read.addError('PROCESS_ROLE', `can be ${role} only if REDIS_URL is set`);
  }
  return role;
}
