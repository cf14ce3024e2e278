import { randomUUID } from 'node:crypto';
import type { Api, Json } from './api.js';
import type { SimulatedGate } from './site.js';

/** A car that the camera has seen, and what the program decided. */
export interface Sighting {
  readonly gate: SimulatedGate;
  readonly eventId: string;
  readonly plate: string;
  /** When the car was seen, in ms. */
  readonly at: number;
  /** Undefined until the program has decided. */
  decision?: Json;
}

/** The camera of a gate: numbers its events, and keeps them in a queue while it is offline. */
export class Camera {
  readonly sightings: Sighting[] = [];
  private readonly queue: Sighting[] = [];
  /** In ms of the simulated time. */
  private offlineUntil = 0;
  /** Different in each run, because for 7 days a repeated event id gets the response to its first event. */
  private readonly series = randomUUID();

  constructor(
    private readonly api: Api,
    readonly gate: SimulatedGate,
  ) {}

  loseConnection(until: number): void {
    this.offlineUntil = Math.max(this.offlineUntil, until);
  }

  isOffline(at: number): boolean {
    return at < this.offlineUntil;
  }

  /**
   * Reports a car. While the camera is offline, the gate opens and the event is queued. Otherwise, the queued
   * events are sent first, in their order.
   */
  async see(plate: string, at: number): Promise<Sighting> {
    const eventId = `${this.series}-${this.sightings.length + 1}`;
    const sighting: Sighting = { gate: this.gate, eventId, plate, at };
    this.sightings.push(sighting);
    this.queue.push(sighting);
    if (!this.isOffline(at)) await this.sendQueue();
    return sighting;
  }

  /** Sends the queued events, with the instants at which the cars were seen. Returns them with the decisions. */
  async sendQueue(): Promise<readonly Sighting[]> {
    const sent: Sighting[] = [];
    for (let [next] = this.queue; next; [next] = this.queue) {
      next.decision = await this.send(next);
      // Removed only now, so that an event that could not be sent stays in the queue.
      this.queue.shift();
      sent.push(next);
    }
    return sent;
  }

  /** Sends an event. A repeated event gets the first response. */
  send({ eventId, plate, at }: Sighting): Promise<Json> {
    const { direction, key: token } = this.gate;
    const path = `/api/gate/${direction === 'in' ? 'entries' : 'exits'}`;
    const body = { event_id: eventId, plate, at: new Date(at).toISOString() };
    return this.api.object('POST', path, { token, body });
  }
}
