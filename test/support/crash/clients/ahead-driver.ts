import { setTimeout as sleep } from 'node:timers/promises';
import { HOUR, MINUTE } from '../../../../src/platform/time/durations.js';
import type { HttpClient } from '../../http/clients/http-client.js';
import { type AheadState, feeOf, mayBecome, stateOf } from '../ahead-state.js';
import type { CrashDriver } from '../drivers.js';
import type { Snapshot } from '../snapshot.js';
import { type CrashWorkload, expectReplayed, type Findings, send } from '../workload.js';

type Step = 'hold' | 'reserve' | 'confirm' | 'change' | 'check-in' | 'release' | 'cancel';

interface Plan {
  readonly steps: readonly Step[];
  /** Milliseconds until the window begins; if undefined, it begins as soon as possible, so that it lapses. */
  readonly startsIn?: number;
  readonly minutes: number;
}

/** Free and late cancellations, a stay, and bookings that time ends. */
const PLANS: readonly Plan[] = [
  { steps: ['hold', 'confirm', 'change', 'cancel'], startsIn: 24 * HOUR, minutes: 60 },
  { steps: ['reserve', 'check-in', 'release'], startsIn: 2 * MINUTE, minutes: 31 },
  { steps: ['hold'], minutes: 1 },
  { steps: ['hold', 'cancel'], startsIn: 24 * HOUR, minutes: 45 },
  { steps: ['reserve', 'cancel'], startsIn: 2 * MINUTE, minutes: 31 },
  { steps: ['reserve'], minutes: 1 },
];

interface Request {
  /** The idempotency key: a request that is repeated with the key is executed once. */
  readonly key: string;
  readonly step: Step;
  /** Undefined if the request creates the booking. */
  readonly id?: number;
  /** The booking after the request. */
  readonly after: AheadState;
}

interface AheadOptions extends CrashDriver {
  readonly lots: readonly number[];
  /** The lot in which a booking ends at the start of its window. */
  readonly strictLot: number;
}

/** Books ahead by one plan after another. */
export class AheadDriver implements CrashWorkload {
  private readonly states = new Map<number, AheadState>();
  /** The id of the booking of the current plan. */
  private current: number | undefined;
  private steps: readonly Step[] = [];
  private plans = 0;
  /** Milliseconds from a request to the start of a window that lapses: longer than a response takes. */
  private shortestLead = 200;
  /** When the last booking in the strict lot lapses, in ms. */
  private lapsesAt = 0;
  private count = 0;
  /** A request without a response. */
  private unconfirmed: Request | undefined;
  /** The booking of the unconfirmed request, if the request was executed. */
  private done: number | undefined;
  private overdue: readonly number[] = [];

  constructor(private readonly options: AheadOptions) {}

  async run(http: HttpClient): Promise<never> {
    for (;;) {
      // Wait until the last booking in the strict lot lapses: the driver's next booking may overlap it.
      if (this.steps.length === 0) await sleep(Math.max(0, this.lapsesAt - Date.now()));
      await this.perform(http, this.nextRequest());
    }
  }

  check({ bookings, takenAt }: Snapshot, findings: Findings): void {
    const rows = bookings.get(this.options.id) ?? [];
    const { unconfirmed } = this;
    this.done = undefined;
    for (const id of this.states.keys()) {
      if (!rows.some((row) => row.id === id)) findings.lost.push(`booking ahead ${id}`);
    }
    for (const row of rows) {
      const before = this.states.get(row.id);
      const isTarget = before ? unconfirmed?.id === row.id : unconfirmed?.id === undefined;
      const after = isTarget ? unconfirmed?.after : undefined;
      const found = stateOf(row);
      const isAfter = after !== undefined && mayBecome(after, found, takenAt);
      const isBefore = before !== undefined && mayBecome(before, found, takenAt);
      if (!isAfter && !isBefore) {
        const states = JSON.stringify({ before, after, row });
        findings[before ? 'lost' : 'partial'].push(`booking ahead ${states}`);
      }
      if (found.cost !== feeOf(row)) findings.partial.push(`fee of ${JSON.stringify(row)}`);
      if (isAfter && !isBefore) this.done = row.id;
      this.states.set(row.id, found);
    }
    this.overdue = rows
      .filter(({ status, lapses_at: at }) => status === 'held' && (at ?? 0) <= takenAt)
      .map(({ id }) => id);
  }

  /** Reads the holds that expired during the crash, and repeats the request without a response. */
  async retryInFlight(http: HttpClient, findings: Findings): Promise<void> {
    const { token } = this.options;
    for (const id of this.overdue) {
      const { body } = await send(() => http.as({ token }).booking(id), 200);
      if (body.status !== 'expired') findings.partial.push(`hold ${id} is ${body.status}`);
    }
    const { unconfirmed, done } = this;
    if (!unconfirmed) return;
    const response = await this.perform(http, unconfirmed);
    // A change has no idempotency key: a repeated change has the same effect.
    if (done !== undefined && unconfirmed.step !== 'change') {
      expectReplayed({ response, id: done }, findings);
    }
  }

  /** Number of bookings. */
  get acknowledged(): number {
    return this.states.size;
  }

  /** Number of bookings that ended in the status. */
  countOf(status: string): number {
    return [...this.states.values()].filter((state) => state.status === status).length;
  }

  private nextRequest(): Request {
    const { id, lots, strictLot } = this.options;
    this.count += 1;
    const key = `ahead-${id}-${this.count}`;
    const [next] = this.steps;
    const state = this.current === undefined ? undefined : this.states.get(this.current);
    if (next && state) return { key, step: next, id: this.current, after: afterStep(state, next) };
    const plan = PLANS[(id + this.plans) % PLANS.length];
    if (!plan) throw new Error('There is no plan');
    this.plans += 1;
    this.steps = plan.steps;
    const isStrict = plan.startsIn === undefined;
    const from = Date.now() + (plan.startsIn ?? this.shortestLead);
    if (isStrict) this.lapsesAt = from;
    const lotId = isStrict ? strictLot : (lots[(id + this.count) % lots.length] ?? 0);
    const step = plan.steps[0] ?? 'reserve';
    const status = step === 'hold' ? 'held' : 'reserved';
    const until = from + plan.minutes * MINUTE;
    return { key, step, after: { lotId, vehicle: key, status, from, until } };
  }

  private async perform(http: HttpClient, request: Request) {
    const { step, id } = request;
    this.unconfirmed = request;
    const response = await send(
      () => this.request(http, request),
      ...(id === undefined ? [201, 400, 409] : step === 'check-in' ? [200, 409] : [200]),
    );
    this.unconfirmed = undefined;
    const { status, body, text } = response;
    if (status === 400) {
      // The window began before the request arrived, so the booking would become a no-show at once.
      if (!text.includes('from must be later')) throw new Error(`unexpected: ${text}`);
      this.steps = [];
      this.shortestLead *= 2;
      return response;
    }
    if (status === 409) {
      if (!/LOT_FULL|SPOT_OCCUPIED/.test(text)) throw new Error(`unexpected: ${text}`);
      // A reservation that finds no free spot is cancelled.
      this.steps = step === 'check-in' ? ['cancel'] : [];
      return response;
    }
    const cost = body.status === 'active' ? null : Math.round(body.parking_cost * 100);
    this.states.set(body.id, { ...request.after, cost });
    this.current = body.id;
    this.steps = this.steps.slice(1);
    return response;
  }

  private request(http: HttpClient, { key, step, id, after }: Request) {
    const { token } = this.options;
    const options = { token, headers: { 'idempotency-key': key } };
    const window = { from: new Date(after.from), until: new Date(after.until) };
    if (id === undefined) {
      const fields = { lot_id: after.lotId, vehicle_number: after.vehicle, hold: step === 'hold' };
      return http.post('/api/user/bookings', { ...options, body: { ...fields, ...window } });
    }
    if (step === 'change') {
      return http.as({ token }).changeBooking(id, { vehicle_number: after.vehicle, ...window });
    }
    return http.post(`/api/user/bookings/${id}/${step}`, options);
  }
}

/** The booking after a step that succeeds. */
function afterStep({ cost: _, ...state }: AheadState, step: Step): AheadState {
  const { from, until, vehicle } = state;
  switch (step) {
    case 'confirm':
      return { ...state, status: 'reserved' };
    case 'change':
      return { ...state, from: from + HOUR, until: until + HOUR, vehicle: `${vehicle}-changed` };
    case 'check-in':
      return { ...state, status: 'active' };
    case 'release':
      return { ...state, status: 'completed' };
    case 'cancel':
      return { ...state, status: 'cancelled' };
    default:
      return state;
  }
}
