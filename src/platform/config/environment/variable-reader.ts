import { StartError } from '../../errors/start-error.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables and collects the errors of all of them, so that one message can list them. */
export class VariableReader {
  private readonly errors: string[] = [];

  constructor(private readonly environment: Environment) {}

  optional(name: string): string | undefined {
    return this.environment[name] || undefined;
  }

  text(name: string, fallback: string): string {
    return this.optional(name) ?? fallback;
  }

  optionalInteger(name: string, min: number, max: number): number | undefined {
    return this.optional(name) === undefined ? undefined : this.integer(name, min, min, max);
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const text = this.optional(name);
    if (text === undefined) return fallback;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.addError(name, `must be a whole number from ${min} to ${max}`);
    return fallback;
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.optional(name);
    if (text === undefined) return fallback;
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) this.addError(name, `must be one of ${choices.join(', ')}`);
    return choice ?? fallback;
  }

  boolean(name: string, fallback: 'true' | 'false'): boolean {
    return this.oneOf(name, ['true', 'false'], fallback) === 'true';
  }

  matching(
    name: string,
    fallback: string,
    test: (value: string) => boolean,
    description: string,
  ): string {
    const value = this.text(name, fallback);
    if (!test(value)) this.addError(name, `must be ${description}`);
    return value;
  }

  url(name: string, protocols: readonly string[]): string | undefined {
    const text = this.optional(name);
    if (text === undefined) return undefined;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const valid =
      url && protocols.includes(url.protocol) && url.hostname !== '' && url.port !== '0';
    if (!valid)
      this.addError(
        name,
        `must be a URL that begins with ${protocols.join('// or ')}// and names a host`,
      );
    return text;
  }

  addError(name: string, message: string): void {
    this.errors.push(`${name} ${message}`);
  }

  throwIfInvalid(): void {
    if (this.errors.length === 0) return;
    throw new StartError(`The configuration has errors:\n  ${this.errors.join('\n  ')}`);
  }
}
