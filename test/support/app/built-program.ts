import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The programs with their packages in a few files (`scripts/bundle-for-tests.mjs`). */
const BUNDLE = resolve('test/.build');
const BUILD = resolve('dist');

/**
 * Path of a built program, such as `main.js`: its bundle, which starts in about half the CPU time,
 * unless there is none of the current build.
 * @throws Error if the program has not been built
 */
export function builtProgram(name: string): string {
  const built = join(BUILD, name);
  if (!existsSync(built)) throw new Error(`There is no ${built}: run \`npm run build\` first`);
  const bundled = join(BUNDLE, name);
  return isNewer(bundled, built) ? bundled : built;
}

function isNewer(bundled: string, built: string): boolean {
  const bundledAt = statSync(bundled, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return bundledAt > statSync(built).mtimeMs;
}
