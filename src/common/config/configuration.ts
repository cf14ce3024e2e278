export type LogFormat = 'pretty' | 'json';

/** What the environment says, read once and validated. Every variable is described in `.env.example`. */
export abstract class Configuration {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** Absolute folder of the SQLite file and of the generated secret. */
  readonly dataDirectory: string;
  /** Absolute path of the SQLite file. */
  readonly databaseFile: string;
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
  readonly logLevel: string;
  readonly logFormat: LogFormat;
}

/** The admin's password where none is configured; production refuses to start with it. */
export const DEFAULT_ADMIN_PASSWORD = 'admin123';
