import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { markdown } from './report/table.js';

/** Of V8's CPU profiles what is needed here. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  /** Ids of the node on top of the stack, one for each sample. */
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

const ROWS = 30;
/** V8's names for time in which no JavaScript of the program ran. */
const IDLE = ['(idle)'];

/** Microseconds by the name of what they were spent in. */
type Times = Map<string, number>;

/** Tells where the time of the profiles in a folder went: by package, and by function. */
function main([folder]: readonly string[]): void {
  if (!folder) throw new Error('Name the folder of the profiles');
  const byPackage: Times = new Map();
  const byFunction: Times = new Map();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const { nodes, samples, timeDeltas } = JSON.parse(
      readFileSync(join(folder, file), 'utf8'),
    ) as Profile;
    const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
    for (const [index, id] of samples.entries()) {
      const frame = frames.get(id);
      if (!frame || IDLE.includes(frame.functionName)) continue;
      const time = timeDeltas[index] ?? 0;
      const place = placeOf(frame.url);
      const line = place.file ? ` ${place.file}:${frame.lineNumber + 1}` : '';
      add(byPackage, place.owner || frame.functionName, time);
      add(byFunction, `${frame.functionName || '(anonymous)'}${line}`, time);
    }
  }
  process.stdout.write(`${shares('package', byPackage)}\n\n${shares('function', byFunction)}\n`);
}

/** Whose code it is, and the file within it; both empty for V8's own. */
function placeOf(url: string): { readonly owner: string; readonly file: string } {
  if (url.startsWith('node:')) return { owner: 'node', file: url };
  if (!url.startsWith('file:')) return { owner: '', file: '' };
  const path = relative('.', fileURLToPath(url));
  const [, name, file] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)$/.exec(path) ?? [];
  return { owner: name ?? 'vpms', file: name ? `${name}/${file}` : path };
}

function add(sums: Times, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

/** The greatest shares of the time that was not idle. */
function shares(title: string, sums: Times): string {
  const total = [...sums.values()].reduce((sum, value) => sum + value, 0);
  const greatest = [...sums].toSorted(([, a], [, b]) => b - a).slice(0, ROWS);
  const rows = greatest.map(([name, time]) => [((time / total) * 100).toFixed(1), name]);
  return markdown(['self %', title], rows);
}

main(process.argv.slice(2));
