export type LogFormat = 'pretty' | 'json';

/** `api` serves HTTP, `worker` runs background jobs, `all` does both. */
export const PROCESS_ROLES = ['all', 'api', 'worker'] as const;
export type ProcessRole = (typeof PROCESS_ROLES)[number];

export interface SqliteSettings {
  readonly kind: 'sqlite';
  /** Absolute path of the database file. */
  readonly file: string;
}

export interface PostgresSettings {
  readonly kind: 'postgres';
  readonly url: string;
  /** Maximum number of connections in this process's pool. */
  readonly poolSize: number;
  /** Milliseconds to wait for a connection. */
  readonly connectTimeout: number;
  /** Milliseconds that a statement may take. */
  readonly statementTimeout: number;
}

export type DatabaseSettings = SqliteSettings | PostgresSettings;

export type TrustedProxies = number | readonly string[];

/** How long personal data is stored, in days (docs/privacy.md). */
export interface RetentionDays {
  /** Counted from the end of a booking, or from an event without a booking; no limit if undefined. */
  readonly plates: number | undefined;
  readonly audit: number;
  readonly deliveries: number;
  /** Networks from which accounts have logged in; counted from the last login from the network. */
  readonly networks: number;
}

/**
 * The configuration, read once from the environment and validated. `.env.example` describes every
 * variable.
 */
export abstract class Configuration {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** Absolute folder of the SQLite file and of the generated secret. */
  readonly dataDirectory: string;
  readonly database: DatabaseSettings;
  /** Redis for the shared cache and queue. If undefined, both are in the memory of the process. */
  readonly redisUrl: string | undefined;
  readonly role: ProcessRole;
  /** Key that signs tokens. If undefined, a key is generated once and stored in the data directory. */
  readonly jwtSecret: string | undefined;
  /** Lifetime of a token, in seconds. */
  readonly jwtExpiresIn: number;
  readonly adminUsername: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
  /** Minimum length of a password, in characters. */
  readonly passwordMinLength: number;
  /** Origins from which browsers may call; `*` alone allows any. */
  readonly corsOrigins: readonly string[];
  /**
   * Proxies whose `X-Forwarded-For` is trusted: addresses, CIDR ranges, range names, or a hop
   * count. If empty, none is trusted and the socket's address is used.
   */
  readonly trustedProxies: TrustedProxies;
  /** IANA name of the time zone for schedules and calendar months. */
  readonly timezone: string;
  /** ISO 4217 code of the currency of all amounts. */
  readonly currency: string;
  /** Time of the daily reminders, on the wall clock of `timezone`. */
  readonly reminderHour: number;
  readonly reminderMinute: number;
  /** Google Chat space for the daily reminders. If undefined, no reminder is posted there. */
  readonly googleChatWebhookUrl: string | undefined;
  /** URL of the mail server. If undefined, no mail is sent. */
  readonly smtpUrl: string | undefined;
  /** Sender of every mail. */
  readonly mailFrom: string;
  /** Base URL under which drivers reach this program; links in mails start with it. */
  readonly publicUrl: string;
  /** Whether rate limits apply. */
  readonly rateLimitEnabled: boolean;
  /** Registrations per hour from one address. */
  readonly registrationsPerHour: number;
  readonly retentionDays: RetentionDays;
  /**
   * Bearer token for `GET /metrics`. If undefined, production returns metrics only to clients on this
   * machine.
   */
  readonly metricsToken: string | undefined;
  /** Whether Swagger UI and the OpenAPI document are served. */
  readonly apiDocs: boolean;
  /** Whether `/api/public` and `/board` exist. */
  readonly publicBoard: boolean;
  readonly logLevel: string;
  readonly logFormat: LogFormat;
}

/** The admin's password if none is configured; production refuses to start with it. */
export const DEFAULT_ADMIN_PASSWORD = 'admin123';
