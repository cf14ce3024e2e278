// Bundles the built programs with their packages, for the tests that start them as processes. A start
// from dist/ opens three thousand files, which takes as much CPU time as the rest of the start.
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const FOLDER = 'test/.build';

const PROGRAMS = [
  'main',
  'tools/admin/admin-cli',
  'tools/backup/backup-cli',
  'tools/backup/restore-cli',
  'tools/gate-simulator/gate-simulate-cli',
  'tools/import-flask/import-flask-cli',
  'tools/seed/seed-cli',
];

/**
 * Packages that load native code or files of their own, packages that TypeORM loads by name, and those
 * that only pages need.
 */
const NOT_BUNDLED = [
  'better-sqlite3',
  'pg',
  '@node-rs/argon2',
  'bull',
  'swagger-ui-dist',
  '@observablehq/plot',
  'linkedom',
  // The decorators of every module need it first.
  'reflect-metadata',
];

/** Templates and other files are still read from dist/. */
const inItsPlace = {
  name: 'in-its-place',
  transform(code, id) {
    if (!code.includes('import.meta.')) return null;
    return code
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(id)));
  },
};

rmSync(FOLDER, { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries(PROGRAMS.map((name) => [name, `dist/${name}.js`])),
  platform: 'node',
  // Keep all code: Rolldown would remove calls that it assumes to be free of side effects, such as a
  // `decodeURIComponent` whose error is caught.
  treeshake: false,
  external: (id) => NOT_BUNDLED.some((name) => id === name || id.startsWith(`${name}/`)),
  plugins: [inItsPlace],
  // Optional packages of Nest and TypeORM that are not installed.
  onLog: (level, log, handle) => {
    if (log.code !== 'UNRESOLVED_IMPORT') handle(level, log);
  },
  logLevel: 'warn',
});
await bundle.write({
  dir: FOLDER,
  format: 'esm',
  // The default minification would remove such calls too.
  minify: false,
  // The OpenAPI document, migrations and errors contain names of classes.
  keepNames: true,
  banner: "import 'reflect-metadata';",
});
await bundle.close();
