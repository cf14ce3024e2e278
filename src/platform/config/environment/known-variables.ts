/** Every variable that the program reads. `env-example.spec.ts` compares the list with the code. */
export const KNOWN_VARIABLES: readonly string[] = [
  'ADMIN_EMAIL',
  'ADMIN_PASSWORD',
  'ADMIN_USERNAME',
  'API_DOCS',
  'AUDIT_RETENTION_DAYS',
  'CORS_ORIGINS',
  'CURRENCY',
  'DATABASE_CONNECT_TIMEOUT',
  'DATABASE_POOL_SIZE',
  'DATABASE_STATEMENT_TIMEOUT',
  'DATABASE_URL',
  'DATA_DIR',
  'DELIVERY_RETENTION_DAYS',
  'GOOGLE_CHAT_WEBHOOK_URL',
  'HOST',
  'JWT_EXPIRES_IN',
  'JWT_SECRET',
  'LOG_FORMAT',
  'LOG_LEVEL',
  'MAIL_FROM',
  'METRICS_TOKEN',
  'NODE_ENV',
  'PASSWORD_MIN_LENGTH',
  'PLATE_RETENTION_DAYS',
  'PORT',
  'PROCESS_ROLE',
  'PUBLIC_BOARD',
  'PUBLIC_URL',
  'RATE_LIMIT_ENABLED',
  'REDIS_URL',
  'REGISTRATIONS_PER_HOUR',
  'REMINDER_HOUR',
  'REMINDER_MINUTE',
  'SESSION_NETWORK_RETENTION_DAYS',
  'SMTP_URL',
  'TIMEZONE',
  'TRUST_PROXY',
];

/**
 * The variable that a misspelled name probably means: the same name in another case, or with one
 * letter wrong, missing, extra, or two neighbours swapped.
 */
export function probablyMeant(name: string): string | undefined {
  if (KNOWN_VARIABLES.includes(name)) return undefined;
  return KNOWN_VARIABLES.find(
    (known) => name.toUpperCase() === known || isOneTypoAway(name, known),
  );
}

function isOneTypoAway(text: string, target: string): boolean {
  if (Math.abs(text.length - target.length) > 1) return false;
  let start = 0;
  while (start < text.length && text[start] === target[start]) start += 1;
  const [rest, expected] = [text.slice(start), target.slice(start)];
  return (
    rest.slice(1) === expected.slice(1) ||
    rest === expected.slice(1) ||
    rest.slice(1) === expected ||
    (rest.length > 1 &&
      rest[0] === expected[1] &&
      rest[1] === expected[0] &&
      rest.slice(2) === expected.slice(2))
  );
}
