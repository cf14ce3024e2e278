export type LogFormat = 'pretty' | 'json';

/** `api` serves HTTP, `worker` runs background jobs, `all` does both. */
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
  /** Maximum number of connections in this process's pool. */
  readonly poolSize: number;
  /** Milliseconds to wait for a connection. */
  readonly connectTimeout: number;
  /** Milliseconds that a statement may take. */
  readonly statementTimeout: number;
}

export type DatabaseSettings = SqliteSettings | PostgresSettings;

export type TrustedProxies = number | readonly string[];

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
  /** Redis for the shared cache and queue. Undefined: both live in the process. */
  readonly redisUrl: string | undefined;
  readonly role: ProcessRole;
  /** Key that signs tokens. Undefined: generated once into the data directory. */
  readonly jwtSecret: string | undefined;
  /** Lifetime of a token, in seconds. */
  readonly jwtExpiresIn: number;
  readonly adminUsername: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
  /** Minimum length in characters. */
  readonly passwordMinLength: number;
  /** Origins from which browsers may call; `*` alone allows any. */
  readonly corsOrigins: readonly string[];
  /**
   * Proxies whose `X-Forwarded-For` is trusted: addresses, CIDR ranges, range names, or a hop
   * count. Empty: trust none and use the socket's address.
   */
  readonly trustedProxies: TrustedProxies;
  /** IANA name of the time zone for schedules and calendar months. */
  readonly timezone: string;
  /** ISO 4217 code. */
  readonly currency: string;
  /** On the wall clock of `timezone`. */
  readonly reminderHour: number;
  readonly reminderMinute: number;
  /** Google Chat space to which daily reminders are posted. Undefined: none are posted. */
  readonly googleChatWebhookUrl: string | undefined;
  /** URL of the mail server. Undefined: nothing is mailed. */
  readonly smtpUrl: string | undefined;
  /** Sender of every mail. */
  readonly mailFrom: string;
  /** Base URL under which drivers reach this program; links in mails start with it. */
  readonly publicUrl: string;
  /** Whether rate limits apply. */
  readonly rateLimitEnabled: boolean;
  /** Registrations per hour from one address. */
  readonly registrationsPerHour: number;
  /** Bearer token for `GET /metrics`. Undefined: no token is needed. */
  readonly metricsToken: string | undefined;
  /** Whether Swagger UI and the OpenAPI document are served. */
  readonly apiDocs: boolean;
  readonly logLevel: string;
  readonly logFormat: LogFormat;
}

/** The admin's password if none is configured; production refuses to start with it. */
export const DEFAULT_ADMIN_PASSWORD = 'admin123';
