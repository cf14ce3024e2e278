import type { HttpResponse } from './connection.js';
import { Connection } from './connection.js';
import { Recorder } from './recorder.js';

/** The requests that one driver repeats on its own connection; drivers are counted from 0. */
export type Iteration = (connection: Connection, driver: number) => Promise<void>;

/** An incorrect response. */
export class WrongResponse extends Error {}

/** Maximum number of errors that are kept; later ones are dropped. */
const MAX_ERRORS = 5;

/** Concurrent drivers that send requests in a loop, each on its own connection. */
export class Load {
  readonly recorder = new Recorder();
  readonly errors: string[] = [];
  private isStopping = false;
  private readonly drivers: Promise<void>[];

  constructor(origin: string, connections: number, visit: Iteration) {
    this.drivers = Array.from({ length: connections }, (_, driver) =>
      this.runConnection(new Connection(origin, this.recorder.record), driver, visit),
    );
    // `stop` rejects with the error. This prevents an unhandled rejection until `stop` is called.
    Promise.all(this.drivers).catch(() => undefined);
  }

  /** Waits until every driver has finished its current iteration. @throws if a connection failed. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.drivers);
  }

  private async runConnection(
    connection: Connection,
    driver: number,
    visit: Iteration,
  ): Promise<void> {
    try {
      while (!this.isStopping) {
        await visit(connection, driver).catch((error: unknown) => this.record(error));
      }
    } finally {
      await connection.close();
    }
  }

  private record(error: unknown): void {
    if (!(error instanceof WrongResponse)) throw error;
    if (this.errors.length < MAX_ERRORS) this.errors.push(error.message);
  }
}

/** @throws WrongResponse if the status is not one of these */
export function expectStatus(response: HttpResponse, ...statuses: readonly number[]): void {
  if (statuses.includes(response.status)) return;
  throw new WrongResponse(
    `${response.status} instead of ${statuses.join(' or ')}: ${excerpt(response)}`,
  );
}

/** Returns the parsed body. @throws WrongResponse if it is not an object */
export function objectOf(response: HttpResponse): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(response.body.toString());
  if (typeof value !== 'object' || value === null) throw new WrongResponse(excerpt(response));
  return value as Record<string, unknown>;
}

/** @throws WrongResponse with the explanation and the body, if the condition is false */
export function expectThat(holds: boolean, explanation: string, response: HttpResponse): void {
  if (!holds) throw new WrongResponse(`${explanation}: ${excerpt(response)}`);
}

function excerpt({ body }: HttpResponse): string {
  return body.subarray(0, 300).toString();
}
