/** When a failed attempt is repeated. */
export interface RetryPolicy {
  /** Number of attempts, including the first. */
  readonly attempts: number;
  /** Pause before the second attempt, in milliseconds; doubled before each further one. */
  readonly firstPause: number;
}

/** One kind of job: a job handler processes its rows, and a queue of its own carries their ids. */
export interface JobKind {
  readonly name: string;
  readonly retry: RetryPolicy;
}

/** Identifies a job's row in a message. */
export interface JobMessage {
  readonly kind: JobKind;
  readonly id: string;
  /** The job is not processed before this instant; if omitted, it is processed immediately. */
  readonly runAt?: Date;
}

export const THREE_ATTEMPTS: RetryPolicy = { attempts: 3, firstPause: 1_000 };

/** Milliseconds to wait after the given failed attempt; 1 is the first. */
export function pauseAfter({ retry }: JobKind, attempt: number): number {
  return retry.firstPause * 2 ** (attempt - 1);
}

/** Every kind of job that this program has. The jobs module supplies them. */
export class JobKinds {
  /** @throws Error if two kinds have the same name */
  constructor(readonly list: readonly JobKind[]) {
    const names = this.names.toSorted();
    const duplicate = names.find((name, index) => name === names[index + 1]);
    if (duplicate !== undefined) throw new Error(`Two kinds of job are named "${duplicate}"`);
  }

  get names(): string[] {
    return this.list.map(({ name }) => name);
  }
}
