import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startRedis } from '../../test/support/servers/redis-server.js';
import type { BenchDatabase } from '../database/bench-database.js';
import { PASSWORD, SECRET } from '../database/city.js';
import { type MeasuredServer, measuredTogether } from './measured-server.js';
import { ServerProcess } from './server-process.js';

/**
 * VPMS and the servers it is compared with: another version of it (`--against`), and bare servers
 * without a framework. `bare groups` uses group commit, on SQLite only.
 */
export const DEFAULT_SUBJECTS = ['vpms', 'previous', 'bare', 'bare groups'] as const;
/** Instances of VPMS behind a load balancer, on PostgreSQL only. */
export const BALANCED_SUBJECTS = ['one balanced', 'two balanced'] as const;
export const SUBJECT_NAMES = [...DEFAULT_SUBJECTS, ...BALANCED_SUBJECTS] as const;
export type SubjectName = (typeof SUBJECT_NAMES)[number];

export interface RunningSubject {
  /** The server, or all instances behind the load balancer. */
  readonly server: MeasuredServer;
  readonly stop: () => Promise<void>;
}

export interface StartOptions {
  /** Folder of the built checkout to start; by default, this checkout. */
  readonly checkout?: string;
  /** Folder for a CPU profile; none is written if undefined. */
  readonly profiles?: string;
  /**
   * On PostgreSQL, the number of instances behind a load balancer. If it is undefined, one instance runs
   * without a load balancer.
   */
  readonly balanced?: number;
}

const BARE = resolve('bench/.build/bench/bare/bare-server.js');
const BALANCER = resolve('bench/.build/bench/servers/balancer.js');

/** A production configuration without rate limits. */
const VPMS_ENVIRONMENT = {
  NODE_ENV: 'production',
  JWT_SECRET: SECRET,
  ADMIN_PASSWORD: PASSWORD,
  CORS_ORIGINS: '*',
  TIMEZONE: 'UTC',
  LOG_FORMAT: 'json',
  RATE_LIMIT_ENABLED: 'false',
  // The reminders are as late as possible, so that they do not run during a measurement.
  REMINDER_HOUR: '23',
  REMINDER_MINUTE: '59',
};

export async function startSubject(
  name: SubjectName,
  database: BenchDatabase,
  options: StartOptions & { readonly against?: string } = {},
): Promise<RunningSubject> {
  const { profiles, against } = options;
  if (name === 'vpms') return startVpms(database, { profiles });
  if (name === 'previous') return startVpms(database, { checkout: against });
  if (name === 'one balanced') return startVpms(database, { balanced: 1 });
  if (name === 'two balanced') return startVpms(database, { balanced: 2 });
  // The database has the schema of the other version, so start VPMS once to migrate it.
  if (options.against) await (await startVpms(database)).stop();
  return startBare(database, name === 'bare' ? 'each' : 'groups');
}

/** On PostgreSQL, also starts a Redis and a worker, as in an installation with several instances. */
export async function startVpms(
  database: BenchDatabase,
  options: StartOptions = {},
): Promise<RunningSubject> {
  const environment = { ...VPMS_ENVIRONMENT, ...database.environment };
  if (!database.environment['DATABASE_URL']) {
    const server = await startProgram(database, environment, options);
    return { server, stop: () => server.stop() };
  }
  const redisServer = await startRedis();
  const shared = { ...environment, REDIS_URL: redisServer.url };
  const programs: ServerProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(programs.map((program) => program.stop()));
    await redisServer[Symbol.asyncDispose]();
  };
  try {
    const api = { ...shared, PROCESS_ROLE: 'api' };
    const server = await startProgram(database, api, options);
    programs.push(server);
    const { checkout, balanced } = options;
    programs.push(
      await startProgram(database, { ...shared, PROCESS_ROLE: 'worker' }, { checkout }),
    );
    if (balanced === undefined) return { server, stop };

    const instances = [server];
    while (instances.length < balanced) {
      const instance = await startProgram(database, api);
      instances.push(instance);
      programs.push(instance);
    }
    const balancer = await startBalancer(database, instances);
    programs.push(balancer);
    return { server: measuredTogether(balancer, instances), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startBalancer(
  { directory }: BenchDatabase,
  instances: readonly ServerProcess[],
): Promise<ServerProcess> {
  const environment = { PORTS: instances.map(({ origin }) => new URL(origin).port).join(',') };
  return ServerProcess.start({ main: BALANCER, environment, log: join(directory, 'balancer.log') });
}

/** Numbers the log files: balanced instances share a folder. */
let startCount = 0;

function startProgram(
  { directory }: BenchDatabase,
  environment: Readonly<Record<string, string>>,
  { profiles, checkout = '.' }: StartOptions = {},
): Promise<ServerProcess> {
  if (profiles) mkdirSync(profiles, { recursive: true });
  startCount += 1;
  const log = join(directory, `${environment['PROCESS_ROLE'] ?? 'all'}-${startCount}.log`);
  const profiling = profiles ? ['--cpu-prof', `--cpu-prof-dir=${resolve(profiles)}`] : [];
  const nodeOptions = [...startOptions(checkout), ...profiling];
  const main = resolve(checkout, 'dist/main.js');
  return ServerProcess.start({ main, nodeOptions, environment, log });
}

/** The options that `npm run start:prod` (`node OPTIONS dist/main.js`) passes to Node in that checkout. */
function startOptions(checkout: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return (scripts['start:prod'] ?? '').split(' ').slice(1, -1);
}

async function startBare(
  database: BenchDatabase,
  commits: 'each' | 'groups',
): Promise<RunningSubject> {
  const server = await ServerProcess.start({
    main: BARE,
    environment: {
      NODE_ENV: 'production',
      JWT_SECRET: SECRET,
      COMMITS: commits,
      ...database.environment,
    },
    log: join(database.directory, 'bare.log'),
  });
  return { server, stop: () => server.stop() };
}
