import type { VariableReader } from './environment/variable-reader.js';

/** Reads `CORS_ORIGINS`. */
export function readOrigins(read: VariableReader, production: boolean): readonly string[] {
  const list = read.optional('CORS_ORIGINS') ?? (production ? '' : '*');
  const origins = list
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  for (const origin of origins) {
    if (origin !== '*' && !isOrigin(origin)) {
      read.addError(
        'CORS_ORIGINS',
        `has "${origin}", which is not an origin such as https://example.com`,
      );
    }
  }
  return origins;
}

/** Schemes whose origins are opaque, or never the origin of a request. */
const SCHEMES_WITHOUT_REQUESTS = ['ws:', 'wss:', 'ftp:'];

/**
 * Whether a browser can send this value as `Origin`: the origin of a web page as browsers write it, the
 * origin of an app or extension (`capacitor://localhost`), or, for a page without a host, `null` or
 * `file://`.
 */
function isOrigin(text: string): boolean {
  if (text === 'null' || text === 'file://') return true;
  if (!URL.canParse(text)) return false;
  const { protocol, host, origin, href } = new URL(text);
  if (SCHEMES_WITHOUT_REQUESTS.includes(protocol) || !/^[^*]+$/.test(host)) return false;
  if (/(?:^|\.)\./.test(host)) return false;
  // Browsers do not parse the origins of other schemes, so such an origin must consist of a scheme and a
  // host.
  return protocol === 'http:' || protocol === 'https:'
    ? origin === text
    : href === text && text === `${protocol}//${host}`;
}
