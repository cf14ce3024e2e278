import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { markdown } from './report/table.js';

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** The parts of a V8 CPU profile that are used here. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: Frame;
    readonly children?: readonly number[];
  }[];
  /** For each sample, the id of the node on top of the stack. */
  readonly samples: readonly number[];
  /** Microseconds since the previous sample. */
  readonly timeDeltas: readonly number[];
}

/** Microseconds by name of a package or function. */
type Times = Map<string, number>;

const ROWS = 30;
/** This function of Node first runs for the first request. Earlier samples belong to the program's start. */
const FIRST_REQUEST = 'parserOnHeadersComplete';
/** V8's name for idle time. */
const IDLE = '(idle)';

/** Prints where the time of all profiles in a folder was spent, by package and by function. */
function main([folder]: readonly string[]): void {
  if (!folder) throw new Error('Name the folder of the profiles');
  const owners: Times = new Map();
  const self: Times = new Map();
  const total: Times = new Map();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
    for (const { stack, time } of samplesOf(profile)) {
      const [top] = stack;
      if (!top) continue;
      add(owners, locationOf(top.url).owner || top.functionName, time);
      add(self, nameOf(top), time);
      for (const name of new Set(stack.map(nameOf))) add(total, name, time);
    }
  }
  for (const [title, times] of Object.entries({ 'self, by package': owners, self, total })) {
    process.stdout.write(`${shares(title, times, sumOf(self))}\n\n`);
  }
}

/** Yields the stack of each sample, innermost function first, with its duration. */
function* samplesOf({ nodes, samples, timeDeltas }: Profile) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  let isServing = false;
  for (const [index, id] of samples.entries()) {
    if (byId.get(id)?.callFrame.functionName === IDLE) continue;
    const stack: Frame[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame;
      if (frame && frame.functionName !== '(root)') stack.push(frame);
    }
    isServing ||= stack.some(({ functionName }) => functionName === FIRST_REQUEST);
    if (isServing) yield { stack, time: timeDeltas[index] ?? 0 };
  }
}

function nameOf({ functionName, url, lineNumber }: Frame): string {
  const { file } = locationOf(url);
  return `${functionName || '(anonymous)'}${file ? ` ${file}:${lineNumber + 1}` : ''}`;
}

/** The package and the file of a URL; both empty for V8's own code. */
function locationOf(url: string): { readonly owner: string; readonly file: string } {
  if (url.startsWith('node:')) return { owner: 'node', file: url };
  if (!url.startsWith('file:')) return { owner: '', file: '' };
  const path = relative('.', fileURLToPath(url));
  const [, name, file] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)$/.exec(path) ?? [];
  return { owner: name ?? 'vpms', file: name ? `${name}/${file}` : path };
}

function add(times: Times, name: string, time: number): void {
  times.set(name, (times.get(name) ?? 0) + time);
}

function sumOf(times: Times): number {
  return [...times.values()].reduce((sum, time) => sum + time, 0);
}

/** Formats the largest shares of the total time as a table. */
function shares(title: string, times: Times, all: number): string {
  const greatest = [...times].toSorted(([, a], [, b]) => b - a).slice(0, ROWS);
  const rows = greatest.map(([name, time]) => [((time / all) * 100).toFixed(1), name]);
  return markdown(['%', title], rows);
}

main(process.argv.slice(2));
