export type LogFormat = 'pretty' | 'json';

/** `api` serves HTTP, `worker` does the background work, `all` does both. */
export const PROCESS_ROLES = ['all', 'api', 'worker'] as const;
export type ProcessRole = (typeof PROCESS_ROLES)[number];

export interface SqliteSettings {
  readonly kind: 'sqlite';
  /** Absolute path. */
  readonly file: string;
}

export interface PostgresSettings {
  readonly kind: 'postgres';
  readonly url: string;
  /** Connections that this process opens at the most. */
  readonly poolSize: number;
  /** Milliseconds to wait for a connection. */
  readonly connectTimeout: number;
  /** Milliseconds that a statement may take. */
  readonly statementTimeout: number;
}

export type DatabaseSettings = SqliteSettings | PostgresSettings;

export type TrustedProxies = number | readonly string[];

/** What the environment says, read once and validated. Every variable is described in `.env.example`. */
export abstract class Configuration {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** Absolute folder of the SQLite file and of the generated secret. */
  readonly dataDirectory: string;
  readonly database: DatabaseSettings;
  /** Shared cache and queue. Undefined: both live in the process. */
  readonly redisUrl: string | undefined;
  readonly role: ProcessRole;
  /** Signs the tokens. Undefined: generated once into the data directory. */
  readonly jwtSecret: string | undefined;
  /** Lifetime of a token, in seconds. */
  readonly jwtExpiresIn: number;
  readonly adminUsername: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
  /** In characters. */
  readonly passwordMinLength: number;
  /** Origins that browsers may call from; `*` alone is any. */
  readonly corsOrigins: readonly string[];
  /**
   * Whose word on the client's address counts: addresses, ranges and names of ranges, or so many hops
   * from here. Empty: nobody's, the client is whoever connects.
   */
  readonly trustedProxies: TrustedProxies;
  /** IANA name: schedules and calendar months. */
  readonly timezone: string;
  /** ISO 4217. */
  readonly currency: string;
  /** On the wall clock of `timezone`. */
  readonly reminderHour: number;
  readonly reminderMinute: number;
  /** Where daily reminders are posted. Undefined: not at all. */
  readonly googleChatWebhookUrl: string | undefined;
  /** The mail server. Undefined: nothing is mailed. */
  readonly smtpUrl: string | undefined;
  /** Sender of every mail. */
  readonly mailFrom: string;
  /** How drivers reach this program; links in mails begin with it. */
  readonly publicUrl: string;
  /** Whether requests are refused that come too often. */
  readonly rateLimitEnabled: boolean;
  /** Opens `GET /metrics`. Undefined: it is open. */
  readonly metricsToken: string | undefined;
  readonly logLevel: string;
  readonly logFormat: LogFormat;
}

/** The admin's password where none is configured; production refuses to start with it. */
export const DEFAULT_ADMIN_PASSWORD = 'admin123';
