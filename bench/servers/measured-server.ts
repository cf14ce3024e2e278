import type { ServerProcess } from './server-process.js';

/** What a measurement needs of a server, which may be several processes. */
export type MeasuredServer = Pick<
  ServerProcess,
  'origin' | 'startTime' | 'cpuSeconds' | 'residentMebibytes' | 'untilIdle'
>;

/** Several processes behind a load balancer, measured as one server without the load balancer. */
export function measuredTogether(
  { origin, startTime }: ServerProcess,
  processes: readonly ServerProcess[],
): MeasuredServer {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    origin,
    startTime,
    cpuSeconds: () => sum(processes.map((server) => server.cpuSeconds())),
    residentMebibytes: () => sum(processes.map((server) => server.residentMebibytes() ?? NaN)),
    untilIdle: async () => {
      for (const server of processes) await server.untilIdle();
    },
  };
}
