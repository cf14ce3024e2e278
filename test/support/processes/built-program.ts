import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Path of a built program, such as `main.js`. @throws Error if it has not been built */
export function builtProgram(name: string): string {
  const path = resolve('dist', name);
  if (!existsSync(path)) throw new Error(`There is no ${path}: run \`npm run build\` first`);
  return path;
}
