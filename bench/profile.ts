import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { markdown } from './report/table.js';

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** Of V8's CPU profiles what is needed here. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: Frame;
    readonly children?: readonly number[];
  }[];
  /** Ids of the node on top of the stack, one for each sample. */
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

/** Microseconds by the name of what they were spent in. */
type Times = Map<string, number>;

const ROWS = 30;
/** Node's, on the stack for the first time when the first request is there; what is before is the start. */
const FIRST_REQUEST = 'parserOnHeadersComplete';
/** V8's name for time in which nothing ran. */
const IDLE = '(idle)';

/** Tells where the time of the profiles in a folder went: by package, and by function. */
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
      add(owners, placeOf(top.url).owner || top.functionName, time);
      add(self, nameOf(top), time);
      for (const name of new Set(stack.map(nameOf))) add(total, name, time);
    }
  }
  for (const [title, times] of Object.entries({ 'self, by package': owners, self, total })) {
    process.stdout.write(`${shares(title, times, sumOf(self))}\n\n`);
  }
}

/** What ran at each sample, the innermost function first, and how long. */
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
  const { file } = placeOf(url);
  return `${functionName || '(anonymous)'}${file ? ` ${file}:${lineNumber + 1}` : ''}`;
}

/** Whose code it is, and the file within it; both empty for V8's own. */
function placeOf(url: string): { readonly owner: string; readonly file: string } {
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

/** The greatest shares of all the time in which something ran. */
function shares(title: string, times: Times, all: number): string {
  const greatest = [...times].toSorted(([, a], [, b]) => b - a).slice(0, ROWS);
  const rows = greatest.map(([name, time]) => [((time / all) * 100).toFixed(1), name]);
  return markdown(['%', title], rows);
}

main(process.argv.slice(2));
