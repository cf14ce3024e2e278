import { inspect } from 'node:util';

/**
 * A text that one response contains and that is never stored. JSON and logs do not contain it, so it is
 * null in a response that is replayed under its Idempotency-Key.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toJSON(): null {
    return null;
  }

  toString(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
