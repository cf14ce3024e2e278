import { createInterface } from 'node:readline';
import { AdminRefused } from './admin-refused.js';

const ENTER = new Set(['\r', '\n', '\u0004']);
const BACKSPACE = new Set(['\b', '\u007F']);
const CONTROL_C = '\u0003';

/** Standard input: a terminal, or a file or pipe. */
export interface PasswordInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
}

/**
 * Reads a password: from a terminal twice and without echo, otherwise the first line.
 * @throws AdminRefused if there is none, or the two differ
 */
export async function readPassword(
  input: PasswordInput,
  output: NodeJS.WritableStream,
): Promise<string> {
  if (!input.isTTY) return readFirstLine(input);
  const password = await prompt(input, output, 'Password: ');
  const repeated = await prompt(input, output, 'Repeat the password: ');
  if (password !== repeated) throw new AdminRefused('The two passwords differ.');
  return password;
}

async function readFirstLine(input: PasswordInput): Promise<string> {
  const lines = createInterface({ input, crlfDelay: Infinity });
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
  }
  throw new AdminRefused('There is no password on standard input.');
}

/** Reads the characters one by one, because a terminal in its usual mode shows them. */
function prompt(
  input: PasswordInput,
  output: NodeJS.WritableStream,
  question: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed: string[] = [];
    const finish = (settle: () => void): void => {
      input.off('data', read);
      input.setRawMode?.(false);
      input.pause();
      output.write('\n');
      settle();
    };
    const read = (chunk: string | Buffer): void => {
      const characters = [...chunk.toString()];
      for (const [index, character] of characters.entries()) {
        if (character === CONTROL_C) return finish(() => reject(new AdminRefused('Cancelled.')));
        if (ENTER.has(character)) {
          // What was pasted after the line belongs to the next prompt.
          const rest = characters.slice(index + 1).join('');
          return finish(() => {
            if (rest !== '') input.unshift(rest);
            resolve(typed.join(''));
          });
        }
        typed = BACKSPACE.has(character) ? typed.slice(0, -1) : [...typed, character];
      }
    };
    output.write(question);
    input.setEncoding('utf8');
    input.setRawMode?.(true);
    input.on('data', read);
    input.resume();
  });
}
