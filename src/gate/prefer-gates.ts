import { performance } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';

/** Paths to which cameras report cars. */
const EVENTS = '/api/gate/';

/**
 * How long other requests are processed in one turn of the event loop, in ms; at least one is processed.
 * The shorter time applies while an event waits for its response.
 */
const TURN_MILLISECONDS = 3;
const SHORT_TURN_MILLISECONDS = 0.5;

/** How long after an event other requests are limited, in ms. */
const LIMITED_FOR = 60_000;

/**
 * Processes events at gates before other requests, because a car waits for the response. Without
 * this, all requests that arrive together would be processed in one turn of the event loop, in
 * which no event is received. Nothing is limited while no gate is used, because short turns cost
 * throughput: fewer bookings share a commit. The figures are in docs/performance.md.
 */
export function preferGates(server: FastifyInstance): void {
  /** Requests for later turns, in their order. */
  const waiting: (() => void)[] = [];
  let isTurnOpen = false;
  let turnEnd = 0;
  let lastEventAt = -Infinity;
  let runningEvents = 0;

  function openTurn(): void {
    isTurnOpen = true;
    turnEnd = performance.now() + (runningEvents > 0 ? SHORT_TURN_MILLISECONDS : TURN_MILLISECONDS);
    setImmediate(nextTurn);
  }

  function nextTurn(): void {
    isTurnOpen = false;
    if (waiting.length === 0) return;
    openTurn();
    processNext();
  }

  function processNext(): void {
    waiting.shift()?.();
    if (waiting.length === 0) return;
    // A tick runs after all microtasks, so the next request starts only when this request waits.
    queueMicrotask(() => process.nextTick(processUntilEnd));
  }

  function processUntilEnd(): void {
    if (performance.now() < turnEnd) processNext();
  }

  // The measured time of a request begins in an earlier hook, so it includes this wait.
  server.addHook('preParsing', ({ url }, _reply, _payload, done) => {
    const now = performance.now();
    if (url.startsWith(EVENTS) || now - lastEventAt > LIMITED_FOR) return done();
    if (!isTurnOpen) openTurn();
    if (waiting.length === 0 && now < turnEnd) return done();
    waiting.push(done);
  });
  // Runs when the body is complete, so that a slow sender does not shorten the turns.
  server.addHook('preHandler', ({ url }, { raw }, done) => {
    if (url.startsWith(EVENTS)) {
      runningEvents += 1;
      raw.once('close', () => {
        runningEvents -= 1;
        // A refused event has no effect: a client without a gate's key must not limit other requests.
        if (raw.statusCode < 400) lastEventAt = performance.now();
      });
    }
    done();
  });
}
