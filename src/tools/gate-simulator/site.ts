import type { Api, Json } from './api.js';
import type { SimulationFlags } from './flags.js';
import { SimulationRefused } from './simulation-refused.js';

/** A gate with its key. */
export interface SimulatedGate {
  readonly id: number;
  readonly name: string;
  readonly lotId: number;
  readonly direction: 'in' | 'out';
  readonly key: string;
}

/** The program, with gates and with drivers who list a plate. */
export interface Site {
  readonly api: Api;
  readonly adminToken: string;
  readonly gates: readonly SimulatedGate[];
  readonly plates: readonly string[];
}

export interface Passwords {
  readonly admin: string;
  /** The common password of the drivers of the sample city. */
  readonly drivers: string;
}

/** Number of drivers on one page of the list. */
const PAGE = 500;

/**
 * Adds gates to lots, and a vehicle to drivers without a booking since `start` (ms).
 * @throws SimulationRefused
 */
export async function prepareSite(
  api: Api,
  flags: SimulationFlags,
  { start, ...passwords }: Passwords & { readonly start: number },
): Promise<Site> {
  const credentials = { username: flags.adminName, password: passwords.admin };
  const { token } = await api.object('POST', '/api/admin/login', { body: credentials });
  const adminToken = String(token);
  const busy = await busySince(api, adminToken, start);
  const plates = await addVehicles(api, adminToken, { busy, count: flags.cars, ...passwords });
  const gates = await addGates(api, adminToken, flags.lots);
  return { api, adminToken, gates, plates };
}

async function addGates(api: Api, token: string, count: number): Promise<SimulatedGate[]> {
  const lots = (await api.list('/api/admin/parking-lots?limit=500', { token })).slice(0, count);
  if (lots.length === 0)
    throw new SimulationRefused('There are no lots; npm run seed creates some.');
  const gates: SimulatedGate[] = [];
  for (const { id: lotId } of lots) {
    for (const direction of ['in', 'out'] as const) {
      const name = `Simulated ${direction}`;
      const body = { lot_id: lotId, name, direction };
      const { id, key } = await api.object('POST', '/api/admin/gates', { token, body });
      gates.push({ id: Number(id), name, lotId: Number(lotId), direction, key: String(key) });
    }
  }
  return gates;
}

/**
 * The ids of drivers who have bookings since the instant (ms). A second car of such a driver would be
 * refused.
 */
async function busySince(api: Api, token: string, start: number): Promise<ReadonlySet<unknown>> {
  const period = new URLSearchParams({
    from: new Date(start).toISOString(),
    until: new Date().toISOString(),
  });
  const bookings = await api.list(`/api/admin/bookings?${period.toString()}&limit=500`, { token });
  return new Set(bookings.map((booking) => booking['user_id']));
}

async function addVehicles(
  api: Api,
  adminToken: string,
  {
    busy,
    count,
    drivers: password,
  }: Pick<Passwords, 'drivers'> & { readonly busy: ReadonlySet<unknown>; readonly count: number },
): Promise<string[]> {
  const plates: string[] = [];
  const users = await api.list(`/api/admin/users?limit=${PAGE}`, {
    token: adminToken,
    isLast: () => true,
  });
  const idle = users.filter((user) => !busy.has(user['id']) && user['disabled'] === false);
  for (const { id, username } of idle) {
    if (plates.length === count) break;
    const token = await logIn(api, { username, password });
    if (token === undefined) continue;
    const plate = `SIM ${String(id)}`;
    const listed = await api.list('/api/user/vehicles', { token });
    if (!listed.some((vehicle) => vehicle['plate'] === plate)) {
      await api.call('POST', '/api/user/vehicles', { token, body: { plate } });
    }
    await api.call('POST', '/api/auth/logout', { token });
    plates.push(plate);
  }
  if (plates.length === 0) {
    throw new SimulationRefused(
      'The sample city has no driver without a booking in the simulated time; create drivers with npm run seed, or simulate a shorter time with --minutes.',
    );
  }
  return plates;
}

/**
 * The driver's token; undefined if the driver does not belong to the sample city, and so has another
 * password.
 */
async function logIn(api: Api, body: Json): Promise<string | undefined> {
  try {
    return String((await api.object('POST', '/api/user/login', { body }))['token']);
  } catch (error) {
    if (error instanceof SimulationRefused && error.status === 401) return undefined;
    throw error;
  }
}

/** Deletes the gates; their events stay. */
export async function removeGates({ api, adminToken, gates }: Site): Promise<void> {
  for (const { id } of gates)
    await api.call('DELETE', `/api/admin/gates/${id}`, { token: adminToken });
}
