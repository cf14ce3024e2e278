/**
 * Timeouts of a connection in milliseconds. A slower client is disconnected: each socket costs
 * memory, and one client could hold thousands. Node checks once per second.
 */
export const HTTP_TIMEOUTS = {
  /** From the start of the connection or request to the end of its headers. */
  headers: 10_000,
  /** To the end of the body; 100 KiB then need 55 kbit/s. */
  request: 15_000,
  /**
   * Without a byte in either direction during a request: the client does not read. When it is over, Node
   * renews it if a part of the pending write was sent meanwhile, so it may take twice as long.
   */
  idle: 60_000,
  /** Between two requests; longer than the keep-alive of common proxies. */
  keepAlive: 72_000,
  check: 1_000,
} as const;

/**
 * Maximum number of connections per process. An idle one costs about 20 KiB, so all together at
 * most 200 MiB. A limit per address belongs in the proxy in front, which alone sees the clients.
 */
export const MAX_CONNECTIONS = 10_000;
