import type { Answer } from './connection.js';
import { Connection } from './connection.js';
import { Recorder } from './recorder.js';

/** What one driver does again and again, on a connection of its own; drivers count from 0. */
export type Visit = (connection: Connection, driver: number) => Promise<void>;

/** An answer that is not the right one, however fast it came. */
export class WrongAnswer extends Error {}

/** Faults that are kept; the first few tell enough. */
const MAX_FAULTS = 5;

/** Drivers who visit a server again and again, each as soon as the visit before is answered. */
export class Load {
  readonly recorder = new Recorder();
  readonly faults: string[] = [];
  private isStopping = false;
  private readonly drivers: Promise<void>[];

  constructor(origin: string, connections: number, visit: Visit) {
    this.drivers = Array.from({ length: connections }, (_, driver) =>
      this.drive(new Connection(origin, this.recorder.hear), driver, visit),
    );
    // Heard in `stop`.
    Promise.all(this.drivers).catch(() => undefined);
  }

  /** Lets every driver end the present visit. @throws where the server was lost. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.drivers);
  }

  private async drive(connection: Connection, driver: number, visit: Visit): Promise<void> {
    try {
      while (!this.isStopping) {
        await visit(connection, driver).catch((error: unknown) => this.note(error));
      }
    } finally {
      await connection.close();
    }
  }

  private note(error: unknown): void {
    if (!(error instanceof WrongAnswer)) throw error;
    if (this.faults.length < MAX_FAULTS) this.faults.push(error.message);
  }
}

/** @throws WrongAnswer unless the status is one of these. */
export function expectStatus(answer: Answer, ...statuses: readonly number[]): void {
  if (statuses.includes(answer.status)) return;
  throw new WrongAnswer(`${answer.status} instead of ${statuses.join(' or ')}: ${excerpt(answer)}`);
}

/** The parsed body. @throws WrongAnswer where it is no object. */
export function objectOf(answer: Answer): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(answer.body.toString());
  if (typeof value !== 'object' || value === null) throw new WrongAnswer(excerpt(answer));
  return value as Record<string, unknown>;
}

/** @throws WrongAnswer with the explanation and what came, unless it holds. */
export function expectThat(holds: boolean, explanation: string, answer: Answer): void {
  if (!holds) throw new WrongAnswer(`${explanation}: ${excerpt(answer)}`);
}

function excerpt({ body }: Answer): string {
  return body.subarray(0, 300).toString();
}
