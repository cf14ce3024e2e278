import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { readPassword } from './read-password.js';

/** Replaces the terminal on standard input, which a test does not have. */
class Terminal extends PassThrough {
  readonly isTTY = true;
  isRaw = false;

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }
}

async function type(...chunks: readonly string[]) {
  const [input, output] = [new Terminal(), new PassThrough()];
  const result = readPassword(input, output).then(
    (password) => ({ password }),
    ({ message }: Error) => ({ message }),
  );
  for (const chunk of chunks) {
    await new Promise(setImmediate);
    expect(input.isRaw, 'a terminal shows what is typed unless it is raw').toBe(true);
    input.write(chunk);
  }
  const outcome = await result;
  expect(input.isRaw).toBe(false);
  return { ...outcome, shown: String(output.read()) };
}

it('prompts twice and does not echo the password', async () => {
  const shown = 'Password: \nRepeat the password: \n';
  expect(await type('s', 'ecret', '\r', 'secret\r')).toEqual({ password: 'secret', shown });
  expect(await type('pasted word\n', 'pasted word\n')).toEqual({ password: 'pasted word', shown });
  expect(await type('both at once\nboth at once\n')).toEqual({ password: 'both at once', shown });
});

it('deletes whole characters with the backspace key', async () => {
  expect(await type('ab🅿\u007F\u007Fc\r', 'ac\r')).toMatchObject({ password: 'ac' });
  expect(await type('\b\u007Fx\r', 'x\r')).toMatchObject({ password: 'x' });
});

it('refuses two different entries, and ends with Ctrl+C', async () => {
  expect(await type('one\r', 'other\r')).toMatchObject({ message: 'The two passwords differ.' });
  expect(await type('one\u0003')).toMatchObject({ message: 'Cancelled.' });
});

it.each([
  ['the first line\nthe second', 'the first line'],
  ['with a return\r\n', 'with a return'],
  [' spaces stay \n', ' spaces stay '],
  ['no line end', 'no line end'],
  ['\nsecond', ''],
])('reads the first line of %j', async (text, password) => {
  const input = new PassThrough();
  input.end(text);
  const output = new PassThrough();
  await expect(readPassword(input, output)).resolves.toBe(password);
  expect(output.read()).toBe(null);
});

it('does not wait for the end of the input', async () => {
  const input = new PassThrough();
  input.write('a line\n');
  await expect(readPassword(input, new PassThrough())).resolves.toBe('a line');
});

it('refuses an empty input', async () => {
  const input = new PassThrough();
  input.end();
  await expect(readPassword(input, new PassThrough())).rejects.toThrow('no password on standard');
});
