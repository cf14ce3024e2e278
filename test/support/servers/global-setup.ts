import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres-server.js';
import { startRedis } from './redis-server.js';
import type { ThrowawayServer } from './throwaway-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the throw-away PostgreSQL server; in the project `postgres` only. */
    readonly postgresUrl: string;
    /** Of the throw-away Redis server; in the project `postgres` only. */
    readonly redisUrl: string;
  }
}

/** Starts the servers of a test run, and ends them with it, whatever becomes of the tests. */
export default async function startServers({ provide }: TestProject): Promise<() => Promise<void>> {
  const servers: ThrowawayServer[] = [];
  const start = async (server: Promise<ThrowawayServer>): Promise<string> => {
    servers.push(await server);
    return (await server).url;
  };
  const stop = async (): Promise<void> => {
    for (const server of servers) await server[Symbol.asyncDispose]();
  };
  try {
    provide('postgresUrl', await start(startPostgres()));
    provide('redisUrl', await start(startRedis()));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
