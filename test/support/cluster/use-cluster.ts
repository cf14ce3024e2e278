import { afterAll, beforeAll } from 'vitest';
import type { ProcessOptions, VpmsProcess } from '../processes/processes.js';
import type { ApiClient, Caller } from '../http/clients/api-client.js';
import { loginAdmin } from '../http/login.js';
import { addLot, Cluster, pick } from './cluster.js';

interface ClusterOptions {
  /** Number of worker processes; none by default. */
  readonly workers?: number;
  /** Variables in addition to the defaults, for all processes. */
  readonly environment?: ProcessOptions['environment'];
}

/** A cluster with two running API processes. */
export interface RunningCluster extends Pick<
  Cluster,
  'postgres' | 'redis' | 'launch' | 'sql' | 'count' | 'addDriver' | 'addDrivers'
> {
  readonly apis: readonly [VpmsProcess, VpmsProcess];
  /** The API processes and the workers. */
  readonly processes: readonly VpmsProcess[];
  /** An operator's token. */
  readonly admin: string;
  /** One of the API processes: an even number for the first, an odd one for the second. */
  api(instance: number): VpmsProcess;
  /** The API of this process, called as this account. */
  via(instance: number, caller: Caller): ApiClient;
  /** Creates a lot with the given number of spots at 12.50 per hour. Returns its id. */
  addLot(spots: number): Promise<number>;
}

/** One cluster for all tests of the file or of the `describe` that calls it. */
export function useCluster({ workers = 0, environment }: ClusterOptions = {}): RunningCluster {
  let cluster: Cluster;
  let apis: [VpmsProcess, VpmsProcess];
  let working: VpmsProcess[];
  let admin: string;
  beforeAll(async () => {
    cluster = await Cluster.start();
    const launch = (role: 'api' | 'worker') => cluster.launch(role, environment);
    apis = await Promise.all([launch('api'), launch('api')]);
    working = await Promise.all(Array.from({ length: workers }, () => launch('worker')));
    admin = await loginAdmin(apis[0]);
  }, 120_000);
  afterAll(() => cluster?.[Symbol.asyncDispose]());
  return {
    get postgres() {
      return cluster.postgres;
    },
    get redis() {
      return cluster.redis;
    },
    get apis() {
      return apis;
    },
    get processes() {
      return [...apis, ...working];
    },
    get admin() {
      return admin;
    },
    launch: (role, variables) => cluster.launch(role, variables),
    sql: (text, values) => cluster.sql(text, values),
    count: (query, values) => cluster.count(query, values),
    addDriver: () => cluster.addDriver(),
    addDrivers: (number) => cluster.addDrivers(number),
    api: (instance) => pick(apis, instance),
    via: (instance, caller) => pick(apis, instance).http.as(caller),
    addLot: (spots) => addLot(apis[0], admin, spots),
  };
}
