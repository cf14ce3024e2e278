import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { KNOWN_VARIABLES } from './known-variables.js';
import { type Environment, readConfiguration } from '../read-configuration.js';

const FILE = new URL('../../../../.env.example', import.meta.url);

/** The variables of the file, as if all of them were uncommented. */
function exampleVariables(): Environment {
  const text = readFileSync(FILE, 'utf8');
  return parseEnv(text.replaceAll(/^# (?=[A-Z_]+=)/gm, ''));
}

/** The names of the variables that readConfiguration reads. */
function variablesRead(): readonly string[] {
  const names = new Set<string>();
  const get = (_: Environment, name: string): undefined => void names.add(name);
  readConfiguration(new Proxy({}, { get }));
  return [...names];
}

describe('KNOWN_VARIABLES', () => {
  it('has exactly the variables that the program reads', () => {
    expect(
      KNOWN_VARIABLES,
      'Correct the list in src/platform/config/environment/known-variables.ts; otherwise the name gets a wrong warning, or none.',
    ).toEqual([...variablesRead()].sort());
  });
});

describe('.env.example', () => {
  it('has exactly the variables that the program reads', () => {
    expect(
      Object.keys(exampleVariables()).sort(),
      '.env.example must have the variables of src/platform/config/read-configuration.ts: add a line `# NAME=default` with a comment above it, or remove the line.',
    ).toEqual([...variablesRead()].sort());
  });

  it('contains the defaults', () => {
    expect(
      readConfiguration(exampleVariables()),
      'A value in .env.example differs from the default in src/platform/config/read-configuration.ts.',
    ).toEqual(readConfiguration({}));
  });

  it('describes each variable in the line above it', () => {
    const lines = readFileSync(FILE, 'utf8').split('\n');
    const undescribed = lines.filter(
      (line, index) => /^# [A-Z_]+=/.test(line) && !/^# .{10,}\.$/.test(lines[index - 1] ?? ''),
    );
    expect(
      undescribed,
      'Write a comment of one sentence, which ends with a period, above each of these lines of .env.example.',
    ).toEqual([]);
  });
});

describe('README.md', () => {
  it('names every variable that the program reads', () => {
    const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8');
    expect(
      variablesRead().filter((name) => !readme.includes(`\`${name}\``)),
      'Add a row for each of these variables to the table of variables in README.md.',
    ).toEqual([]);
  });
});
