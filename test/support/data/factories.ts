import { hash } from '@node-rs/argon2';
import { Account } from '../../../src/auth/accounts/account.entity.js';
import { TokensService } from '../../../src/auth/sessions/tokens.service.js';
import type { Principal, ClientInfo, Role } from '../../../src/platform/principal.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { LotsService, type NewLot } from '../../../src/parking/lots/lots.service.js';
import { GatesService } from '../../../src/parking/gates/gates.service.js';
import type { GateFields } from '../../../src/parking/gates/gate.js';
import type { LotView } from '../../../src/parking/lots/lot-queries.js';
import type { TestApp } from '../app/test-app.js';

export const PASSWORD = 'test123';

/** A hash that is cheap to compute; the tests of hashing use the program's own parameters. */
const passwordHash = hash(PASSWORD, { memoryCost: 8, timeCost: 1 });

export interface TestAccount {
  readonly id: number;
  readonly username: string;
  readonly token: string;
}

/** The client of calls within the tests. */
export const CLIENT: ClientInfo = { address: '127.0.0.1', requestId: 'a test' };

/** The admin that the first start creates, for direct calls of services. */
export const ADMIN_PRINCIPAL: Principal = {
  ...CLIENT,
  id: 1,
  username: 'admin',
  role: 'admin',
  sessionId: 'none',
};

let count = 0;

/** Creates an account with the password PASSWORD. Returns it with a token. */
export async function createMember({ app }: TestApp, role: Role = 'user'): Promise<TestAccount> {
  count += 1;
  const username = `${role}${count}`;
  const account = {
    username,
    usernameKey: username,
    email: `${username}@example.com`,
    emailKey: `${username}@example.com`,
    passwordHash: await passwordHash,
    role,
    createdAt: new Date(0),
    updatedAt: new Date(0),
  };
  const id = await app.get(TransactionRunner).run((tx) => tx.insert(Account, { ...account }));
  return { id, username, token: await app.get(TokensService).issue({ id, ...account }, CLIENT) };
}

export function createMembers(testApp: TestApp, number: number): Promise<TestAccount[]> {
  return Promise.all(Array.from({ length: number }, () => createMember(testApp)));
}

/** Creates a lot; by default with 10 spots at 12.50 per hour. */
export function createLot({ app }: TestApp, lot: Partial<NewLot> = {}): Promise<LotView> {
  const central = {
    name: 'Central',
    address: '1 Main Street',
    pinCode: '110001',
    pricePerHour: 1250,
    numberOfSpots: 10,
  };
  return app.get(LotsService).create(app.get(TransactionRunner), { ...central, ...lot }, ADMIN_PRINCIPAL);
}

/** A gate with its key. */
export interface TestGate {
  readonly id: number;
  readonly key: string;
}

/** Adds a gate to the lot; by default one for both directions. */
export async function createGate(
  { app }: Pick<TestApp, 'app'>,
  fields: Pick<GateFields, 'lotId'> & Partial<GateFields>,
): Promise<TestGate> {
  const gate = { name: 'North', direction: 'both', ...fields } as const;
  const transactions = app.get(TransactionRunner);
  const made = await app.get(GatesService).create(transactions, gate, ADMIN_PRINCIPAL);
  return { id: made.gate.id, key: made.key?.reveal() ?? '' };
}
