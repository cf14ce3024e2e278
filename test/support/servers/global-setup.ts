import type { TestProject } from 'vitest/node';
import { createMigratedDatabase } from '../data/migrated-database.js';
import { startPostgres } from './postgres-server.js';
import { startRedis } from './redis-server.js';
import type { ThrowawayServer } from './throwaway-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the temporary PostgreSQL server; only in the project `postgres`. */
    readonly postgresUrl: string;
    /** URL of the temporary Redis server; only in the project `postgres`. */
    readonly redisUrl: string;
  }
}

/** Starts the servers of a test run, and returns a function that stops them. */
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
    const postgresUrl = await start(startPostgres());
    await createMigratedDatabase(postgresUrl);
    provide('postgresUrl', postgresUrl);
    provide('redisUrl', await start(startRedis()));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
