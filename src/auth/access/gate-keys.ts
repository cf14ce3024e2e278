import { Injectable } from '@nestjs/common';
import { accessKeyDigest } from '../../platform/access-key.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import type { VerifiedGate } from '../../platform/principal.js';
import { GateKeyRevoked } from '../errors.js';

/** Verifies the keys of gates. */
@Injectable()
export class GateKeys {
  constructor(private readonly database: ReadDatabase) {}

  /** Reads the gate each time, because another instance may have replaced its key. @throws GateKeyRevoked */
  async verify(key: string): Promise<VerifiedGate> {
    const keyDigest = accessKeyDigest(key);
    const [gate] = await this.database.sql<{ gateId: number }[]>`
      SELECT id AS "gateId" FROM gates WHERE key_digest = ${keyDigest}`;
    if (!gate) throw new GateKeyRevoked();
    return { ...gate, keyDigest };
  }
}
