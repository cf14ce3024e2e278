import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The programs with their packages in a few files (`scripts/bundle-for-tests.mjs`). */
const BUNDLE = resolve('test/.build');
const BUILD = resolve('dist');

let builtAt: number | undefined;

/**
 * Path of a built program, such as `main.js`: its bundle, which starts in about half the CPU time,
 * unless there is none of the current build.
 * @throws Error if the program has not been built
 */
export function builtProgram(name: string): string {
  const built = join(BUILD, name);
  if (!existsSync(built)) throw new Error(`There is no ${built}: run \`npm run build\` first`);
  const bundled = join(BUNDLE, name);
  const bundledAt = statSync(bundled, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  builtAt ??= lastBuild();
  return bundledAt > builtAt ? bundled : built;
}

/** In milliseconds since 1970. `nest start --watch` writes only the files that changed. */
function lastBuild(): number {
  const files = readdirSync(BUILD, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((file) => statSync(join(BUILD, file)).mtimeMs));
}
