/**
 * Timeouts of a connection in milliseconds. A slower client is disconnected: each socket costs
 * memory, and one client could hold thousands. Node checks once per second.
 */
export const HTTP_TIMEOUTS = {
  /** From the start of the connection or request to the end of its headers. */
  headers: 10_000,
  /** From the start of the request to the end of its body; a body of 100 KiB then needs 55 kbit/s. */
  request: 15_000,
  /**
   * Maximum time without a byte in either direction during a request, for clients that do not read. When the
   * time is over, Node restarts it if part of the pending write was sent in the meantime, so a disconnection
   * can take twice as long.
   */
  idle: 60_000,
  /** Between two requests; longer than the keep-alive of common proxies. */
  keepAlive: 72_000,
  check: 1_000,
} as const;

/**
 * Maximum number of connections per process. An idle connection costs about 20 KiB of memory, so all of them
 * cost at most 200 MiB. A limit per address belongs in the proxy in front of the program, because all
 * connections to the program come from the proxy.
 */
export const MAX_CONNECTIONS = 10_000;
