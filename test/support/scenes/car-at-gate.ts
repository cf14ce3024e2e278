import { beforeEach, expect } from 'vitest';
import { createMembers } from '../data/factories.js';
import { gateOf } from '../data/gates.js';
import type { EventFields, GateClient } from '../http/clients/gate-client.js';
import { ParkingScene } from './parking-scene.js';

const NUMBER_OF_SPOTS = 2;

/** The driver's car at a gate of a lot with two spots, all new for each test. */
export class CarAtGate extends ParkingScene {
  plate!: string;
  gate!: GateClient;
  private plates = 0;

  constructor() {
    super({ numberOfSpots: NUMBER_OF_SPOTS });
    beforeEach(async () => {
      this.plate = this.newPlate();
      expect((await this.driver.addVehicle({ plate: this.plate })).status).toBe(201);
      this.gate = await this.newGate();
    });
  }

  /** Another gate of the lot. */
  readonly newGate = (direction: 'in' | 'out' | 'both' = 'both') =>
    gateOf(this.vpms, this.lotId, direction);

  /** A plate that no vehicle has. */
  readonly newPlate = (): string => `E ${(this.plates += 1)}`;

  /** The decision on an entry of the car, which must not be an error. */
  readonly entry = (fields: EventFields = {}) => this.gate.entry(this.plate, fields);

  /** The decision on an exit of the car, which must not be an error. */
  readonly exit = (fields: EventFields = {}) => this.gate.exit(this.plate, fields);

  /** Books ahead with the plate of the car, expects success, and returns the booking. */
  readonly reserveForCar = (from: number, until: number, fields: object = {}, by = this.driver) =>
    this.reserve(from, until, { vehicle_number: this.plate, ...fields }, by);

  /** Parks cars of other drivers on all spots. */
  readonly fillLot = async (): Promise<void> => {
    for (const member of await createMembers(this.vpms, NUMBER_OF_SPOTS)) {
      await this.vpms.as(member).park(this.lotId);
    }
  };
}

/** The decision that refuses an entry, without its reason. */
export const REFUSED = { action: 'refuse', booking_id: null, spot_number: null };
