import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Environment, readConfiguration } from './read-configuration.js';

const FILE = new URL('../../../.env.example', import.meta.url);

/** The variables of the file, as if all of them were uncommented. */
function exampleVariables(): Environment {
  const text = readFileSync(FILE, 'utf8');
  return parseEnv(text.replaceAll(/^# (?=[A-Z_]+=)/gm, ''));
}

/** The names that reading a configuration asks for. */
function variablesRead(): readonly string[] {
  const names = new Set<string>();
  const get = (_: Environment, name: string): undefined => void names.add(name);
  readConfiguration(new Proxy({}, { get }));
  return [...names];
}

describe('.env.example', () => {
  it('has every variable that the program reads, and no other', () => {
    expect(Object.keys(exampleVariables()).sort()).toEqual([...variablesRead()].sort());
  });

  it('tells the defaults', () => {
    expect(readConfiguration(exampleVariables())).toEqual(readConfiguration({}));
  });

  it('says above each variable what it is', () => {
    const lines = readFileSync(FILE, 'utf8').split('\n');
    const undescribed = lines.filter(
      (line, index) => /^# [A-Z_]+=/.test(line) && !/^# .{10,}\.$/.test(lines[index - 1] ?? ''),
    );
    expect(undescribed).toEqual([]);
  });
});
