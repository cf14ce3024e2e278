import { KNOWN_VARIABLES, probablyMeant } from './known-variables.js';

export interface EnvFile {
  readonly variables: Readonly<Record<string, string>>;
  /** One line each, with the number of the line in the file. */
  readonly warnings: readonly string[];
}

/** `NAME =`, possibly after `export`; the value follows. */
const ASSIGNMENT = /^[^\S\n]*(?:export[^\S\n]+)?([^=\n]*?)[^\S\n]*=[^\S\n]*/;
const NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;
const QUOTED = /^(?:"([^"]*)"|'([^']*)'|`([^`]*)`)/;

/**
 * Parses a `.env` file. Values are those of Node's `util.parseEnv`, which silently ignores or cuts off some
 * of the text; this function returns a warning about each such text.
 * @throws TypeError if the bytes are not UTF-8 text
 */
export function parseEnvFile(bytes: Uint8Array): EnvFile {
  const text = decode(bytes).replaceAll(/\r\n?/g, '\n');
  const variables: Record<string, string> = {};
  const lines = new Map<string, number>();
  const warnings: string[] = [];
  let line = 1;
  let rest = text;
  const warn = (message: string): void => void warnings.push(`line ${line}: ${message}`);

  while (rest !== '') {
    const length = readEntry();
    line += countLineEnds(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return { variables, warnings };

  /** Reads the entry at the beginning of `rest`, and returns its length including its line end. */
  function readEntry(): number {
    const current = firstLine(rest);
    if (/^\s*(?:#|$)/.test(current)) return current.length + 1;
    const assignment = ASSIGNMENT.exec(current);
    const name = assignment?.[1] ?? '';
    if (!assignment || !NAME.test(name)) {
      warn(assignment ? `"${name}" is not a name` : 'has no "=" and is ignored');
      return current.length + 1;
    }
    checkName(name);
    const start = assignment[0].length;
    const { value, length } = readValue(name, start);
    variables[name] = value;
    return start + length + 1;
  }

  function checkName(name: string): void {
    const meant = probablyMeant(name);
    if (meant) warn(`${name} is ignored; it probably means ${meant}`);
    else if (/^VPMS_/i.test(name) && !KNOWN_VARIABLES.includes(name)) {
      warn(`${name} is not a variable of VPMS and is ignored`);
    }
    const earlier = lines.get(name);
    if (earlier) warn(`${name} is set again and replaces line ${earlier}`);
    lines.set(name, line);
  }

  /** Reads the value at this offset of `rest`. The returned length excludes its line end. */
  function readValue(name: string, offset: number): { value: string; length: number } {
    const quoted = QUOTED.exec(rest.slice(offset));
    if (quoted) {
      const [whole, double, single, back] = quoted;
      const after = firstLine(rest.slice(offset + whole.length));
      if (!/^\s*(?:#|$)/.test(after)) warn(`the text after the quoted value of ${name} is ignored`);
      const value = double?.replaceAll('\\n', '\n') ?? single ?? back ?? '';
      return { value, length: whole.length + after.length };
    }
    const raw = firstLine(rest.slice(offset));
    if (/^["'`]/.test(raw)) warn(`the quote of ${name} is not closed`);
    const end = raw.indexOf('#');
    // A "#" without white space on both sides may have been meant as part of the value.
    if (/(?:\S#|#\S)/.test(raw)) {
      warn(`the value of ${name} ends before "#"; quote it if the "#" belongs to it`);
    }
    return { value: (end < 0 ? raw : raw.slice(0, end)).trim(), length: raw.length };
  }
}

function decode(bytes: Uint8Array): string {
  // Skips a byte order mark. UTF-16 text without one decodes as UTF-8, with a NUL beside each ASCII letter.
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  if (text.includes('\0')) throw new TypeError('The text has NUL characters');
  return text;
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

function countLineEnds(text: string): number {
  return text.split('\n').length - 1;
}
