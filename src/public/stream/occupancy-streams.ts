import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { MalformedRequest } from '../../platform/errors/coded-error.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { RateLimits } from '../../platform/rate-limits/rate-limits.js';
import { SECOND } from '../../platform/time/durations.js';
import type { OccupancyChange } from '../../parking/occupancy/occupancy-changes.js';
import { OccupancyFeed } from '../../parking/occupancy/occupancy-feed.js';
import { EventIds, eventText, HEARTBEAT, NOTHING_NEW } from './event-text.js';
import { Listener } from './listener.js';
import { mapOccupancy } from './occupancy.dto.js';

const HEARTBEAT_INTERVAL = 15 * SECOND;

interface Opening {
  readonly reply: FastifyReply;
  /** The network of the client, for the limit of streams. */
  readonly network: string;
  /** The id of the last event that the client received. */
  readonly lastEventId: string | undefined;
}

/** The open streams of this process. What the streams have in common is read and formatted once. */
@Injectable()
export class OccupancyStreams implements BeforeApplicationShutdown {
  private readonly listeners = new Set<Listener>();
  private readonly perNetwork = new Map<string, number>();
  private readonly ids = new EventIds();
  private readonly count: (event: 'connected' | 'too_slow') => void;
  private heartbeat: NodeJS.Timeout | undefined;
  private unwatch: (() => void) | undefined;
  private isClosing = false;

  constructor(
    private readonly feed: OccupancyFeed,
    private readonly limits: RateLimits,
    metrics: Metrics,
  ) {
    metrics.add({
      kind: 'gauge',
      name: 'vpms_occupancy_listeners',
      help: 'Open occupancy streams.',
      labels: [],
      read: () => [{ labels: {}, value: this.listeners.size }],
    });
    this.count = metrics.addCounter({
      name: 'vpms_occupancy_streams_total',
      help: 'Occupancy streams that were opened, and that were closed because the client was too slow.',
      events: ['connected', 'too_slow'],
    });
  }

  /** Ends every stream, so that the shutdown need not wait for its client. */
  beforeApplicationShutdown(): void {
    this.isClosing = true;
    for (const listener of this.listeners) listener.end();
    this.stopSending();
  }

  /**
   * Responds with the current figures or what the client missed, and then with each change.
   * @throws MalformedRequest if the connection still waits for the response to an earlier request
   * @throws RateLimited
   */
  async open({ reply, network, lastEventId }: Opening): Promise<void> {
    // The client left while the guard ran, so `close` was emitted already.
    if (reply.raw.destroyed) return;
    assertHasSocket(reply);
    const ofNetwork = this.perNetwork.get(network) ?? 0;
    this.limits.assertWithin('streams-of-address', ofNetwork);
    this.perNetwork.set(network, ofNetwork + 1);
    reply.raw.once('close', () => this.uncount(network));
    await this.feed.refresh();
    if (reply.raw.destroyed) return;
    const listener: Listener = new Listener(reply, { onClose: () => this.remove(listener) });
    this.count('connected');
    listener.send(this.firstEvents(lastEventId));
    if (this.isClosing) return listener.end();
    this.listeners.add(listener);
    this.startSending();
  }

  private firstEvents(lastEventId: string | undefined): Buffer {
    const { sequence } = this.feed;
    const known = this.ids.parse(lastEventId, sequence);
    if (known === undefined) {
      const data = this.feed.current().map(mapOccupancy);
      return eventText([{ id: this.ids.format(sequence), event: 'snapshot', data }]);
    }
    const missed = this.feed.since(known);
    return missed.length > 0 ? this.changesText(missed) : NOTHING_NEW;
  }

  private changesText(changes: readonly OccupancyChange[]): Buffer {
    return eventText(
      changes.map((change) => ({
        id: this.ids.format(change.sequence),
        event: 'occupancy',
        data: mapOccupancy(change),
      })),
    );
  }

  /** Starts the watch and the heartbeat for the first listener; has no effect for later listeners. */
  private startSending(): void {
    this.unwatch ??= this.feed.watch((changes) => this.sendToAll(this.changesText(changes)));
    this.heartbeat ??= setInterval(() => this.sendToAll(HEARTBEAT), HEARTBEAT_INTERVAL).unref();
  }

  private stopSending(): void {
    this.unwatch?.();
    clearInterval(this.heartbeat);
    this.unwatch = this.heartbeat = undefined;
  }

  private sendToAll(bytes: Buffer): void {
    for (const listener of this.listeners) {
      if (!listener.send(bytes)) this.count('too_slow');
    }
  }

  private remove(listener: Listener): void {
    this.listeners.delete(listener);
    if (this.listeners.size === 0) this.stopSending();
  }

  private uncount(network: string): void {
    const left = (this.perNetwork.get(network) ?? 1) - 1;
    if (left > 0) this.perNetwork.set(network, left);
    else this.perNetwork.delete(network);
  }
}

/**
 * Node gives a response its socket once the earlier responses of the connection are complete. Without
 * one, a response does not emit `close` when the client leaves, so the stream would never end.
 */
function assertHasSocket({ raw }: FastifyReply): void {
  if (!raw.socket) {
    throw new MalformedRequest('Open the stream on a connection without unfinished requests.');
  }
}
