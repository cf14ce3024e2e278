import { expect } from 'vitest';
import type { TestApp } from '../app/test-app.js';
import { GateClient } from '../http/clients/gate-client.js';
import { createGate, createMember, type TestAccount } from './factories.js';

/** Adds a gate to the lot. Returns a client that uses the gate's key. */
export async function gateOf(
  vpms: TestApp,
  lotId: number,
  direction: 'in' | 'out' | 'both' = 'both',
): Promise<GateClient> {
  return new GateClient(vpms.http, (await createGate(vpms, { lotId, direction })).key);
}

/** Creates a driver and adds a vehicle with the plate to the account. */
export async function driverWith(
  vpms: TestApp,
  plate: string,
  fields: object = {},
): Promise<TestAccount> {
  const member = await createMember(vpms);
  expect((await vpms.as(member).addVehicle({ plate, ...fields })).status).toBe(201);
  return member;
}
