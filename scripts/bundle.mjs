// Replaces each built program in dist/ with a bundle of it and its packages. Without bundles, a start opens
// thousands of files, which takes as much CPU time as the rest of the start.
import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const FOLDER = resolve('dist');

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
 * Packages that load native code or files of their own, packages that TypeORM loads by name, and packages
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
  // The banner of each bundle loads it before the decorators of any module.
  'reflect-metadata',
];

/** Keeps `import.meta.url` as before bundling: modules find templates and other files by it. */
const inItsPlace = {
  name: 'in-its-place',
  transform(code, id) {
    if (!code.includes('import.meta.url')) return null;
    const url = `new URL(${JSON.stringify(relative(FOLDER, id))}, DIST).href`;
    // The change keeps all lines, so the source map stays valid.
    return { code: code.replaceAll('import.meta.url', url), map: null };
  },
};

/** Loads the compiler's source maps too, so that the source maps of the bundles lead to src/. */
const withSourceMap = {
  name: 'with-source-map',
  load(id) {
    if (!existsSync(`${id}.map`) || !id.startsWith(FOLDER)) return null;
    return { code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') };
  },
};

const bundle = await rolldown({
  input: Object.fromEntries(PROGRAMS.map((name) => [name, `dist/${name}.js`])),
  platform: 'node',
  // Keep all code: Rolldown would remove calls that it assumes to be free of side effects, such as a
  // `decodeURIComponent` whose error is caught.
  treeshake: false,
  external: (id) => NOT_BUNDLED.some((name) => id === name || id.startsWith(`${name}/`)),
  plugins: [withSourceMap, inItsPlace],
  // Ignore imports of optional packages of Nest and TypeORM that are not installed.
  onLog: (level, log, handle) => {
    if (log.code !== 'UNRESOLVED_IMPORT') handle(level, log);
  },
  logLevel: 'warn',
});
await bundle.write({
  dir: FOLDER,
  format: 'esm',
  chunkFileNames: 'bundled/[name].js',
  // With `node --enable-source-maps`, stack traces name the lines of src/.
  sourcemap: true,
  // Minification, which is on by default, would also remove the calls that tree shaking removes.
  minify: false,
  // The OpenAPI document, migrations and errors contain names of classes.
  keepNames: true,
  banner: ({ fileName }) => {
    const toFolder = './' + '../'.repeat(fileName.split('/').length - 1);
    return `import 'reflect-metadata';\nconst DIST = new URL('${toFolder}', import.meta.url);`;
  },
});
await bundle.close();
