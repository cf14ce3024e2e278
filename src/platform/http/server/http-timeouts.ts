/**
 * How long a connection may take to say what it wants, in milliseconds. Whoever is slower is cut off:
 * a socket costs memory, and somebody could hold thousands. Node looks at each once a second.
 */
export const HTTP_TIMEOUTS = {
  /** From the beginning of the connection, or of the request on it, to the end of the headers. */
  headers: 10_000,
  /** To the end of the body, of which 100 KiB are 55 kbit a second. */
  request: 15_000,
  /** Without a byte in either direction while a request is under way: the client does not read. */
  idle: 60_000,
  /** Between two requests; longer than the proxies in common use keep their side open. */
  keepAlive: 72_000,
  check: 1_000,
} as const;

/**
 * Connections of one process. Each idle one costs some 20 KiB, so these at the most 200 MiB; a share
 * for each address is the business of the proxy in front, which alone sees who connects.
 */
export const MAX_CONNECTIONS = 10_000;
