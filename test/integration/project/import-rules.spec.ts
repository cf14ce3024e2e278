import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

interface RuleSet {
  readonly forbidden: readonly { readonly name: string }[];
}

const CONFIGURATION = resolve('.dependency-cruiser.cjs');

/** For each rule, an import that it must refuse. Both files are below `src`, or the second is a package. */
const FORBIDDEN_IMPORTS: Readonly<Record<string, readonly [from: string, to: string]>> = {
  'platform-imports-no-feature': ['platform/audit/a.ts', 'parking/lots/lot.ts'],
  'parking-imports-platform': ['parking/lots/a.ts', 'jobs/exports/export.ts'],
  'auth-imports-platform': ['auth/accounts/a.ts', 'parking/lots/lot.ts'],
  'domain-imports-no-http': ['parking/lots/b.ts', 'fastify'],
  'parking-bulk-imports-earlier-folders': ['parking/bulk/a.ts', 'parking/lots/lot.ts'],
  'parking-spots-imports-earlier-folders': ['parking/spots/a.ts', 'parking/lots/lot.ts'],
  'parking-vehicles-imports-earlier-folders': ['parking/vehicles/a.ts', 'parking/lots/lot.ts'],
  'parking-tariffs-imports-earlier-folders': ['parking/tariffs/a.ts', 'parking/lots/lot.ts'],
  'parking-policies-imports-earlier-folders': ['parking/policies/a.ts', 'parking/lots/lot.ts'],
  'parking-lots-imports-earlier-folders': ['parking/lots/c.ts', 'parking/reservations/stay.ts'],
  'parking-claims-imports-earlier-folders': ['parking/claims/a.ts', 'parking/reservations/stay.ts'],
  'parking-reservations-imports-earlier-folders': [
    'parking/reservations/a.ts',
    'parking/occupancy/occupancy.ts',
  ],
  'parking-gates-imports-earlier-folders': ['parking/gates/a.ts', 'parking/occupancy/occupancy.ts'],
  'parking-occupancy-imports-earlier-folders': ['parking/occupancy/a.ts', 'parking/later/later.ts'],
  'jobs-import-the-domain': ['jobs/reports/a.ts', 'admin/statistics.ts'],
  'people-import-the-domain-and-jobs': ['people/a.ts', 'admin/statistics.ts'],
  'analytics-import-the-domain': ['analytics/a.ts', 'jobs/exports/export.ts'],
  'api-models-import-the-domain': ['api-models/a.ts', 'jobs/exports/export.ts'],
  'account-imports-no-other-surface': ['account/a.ts', 'user/lots.ts'],
  'admin-imports-no-other-surface': ['admin/a.ts', 'user/lots.ts'],
  'user-imports-no-other-surface': ['user/a.ts', 'admin/statistics.ts'],
  'operations-imports-no-other-surface': ['operations/a.ts', 'admin/statistics.ts'],
  'gate-imports-no-other-surface': ['gate/a.ts', 'user/lots.ts'],
  'public-imports-no-other-surface': ['public/a.ts', 'user/lots.ts'],
  'surfaces-import-only-services-of-jobs': ['user/b.ts', 'jobs/exports/export.processor.ts'],
  'app-is-composition-only': ['operations/b.ts', 'app/create-app.ts'],
  'nothing-imports-tools': ['app/a.ts', 'tools/seed/city.ts'],
  'only-parking-uses-its-entities': ['jobs/reports/b.ts', 'parking/lots/lot.entity.ts'],
  'no-cycles': ['platform/cache/a.ts', 'platform/cache/b.ts'],
  'no-orphans': ['platform/unused.ts', ''],
  'no-development-dependencies': ['platform/b.ts', 'vitest'],
};

const folder = temporaryDirectory();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function violationsIn(directory: string): Promise<readonly Violation[]> {
  const program = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const options = ['src', '--config', CONFIGURATION, '--output-type', 'json'];
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...options], {
    cwd: directory,
    maxBuffer: 64 * 1024 ** 2,
  });
  return JSON.parse(stdout).summary.violations;
}

function writeSource(file: string, content: string): void {
  const path = join(folder, 'src', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { flag: 'a' });
}

function writeImport(from: string, to: string): void {
  if (!to.endsWith('.ts')) {
    writeSource(from, to && `import '${to}';\n`);
    return;
  }
  const path = relative(dirname(from), to).replace(/\.ts$/, '.js');
  writeSource(from, `import '${path.startsWith('.') ? path : `./${path}`}';\n`);
  writeSource(to, '');
}

describe('the import rules', () => {
  let violations: readonly Violation[];

  beforeAll(async () => {
    for (const file of ['package.json', 'tsconfig.json']) cpSync(file, join(folder, file));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    for (const [from, to] of Object.values(FORBIDDEN_IMPORTS)) writeImport(from, to);
    writeImport('platform/cache/b.ts', 'platform/cache/a.ts');
    writeImport('jobs/reports/allowed.ts', 'parking/lots/lot.ts');
    violations = await violationsIn(folder);
  });

  it.each(Object.entries(FORBIDDEN_IMPORTS))('%s refuses a forbidden import', (rule, [file]) => {
    const refusing = violations.filter(({ from }) => from === `src/${file}`);
    expect(refusing.map(({ rule: { name } }) => name)).toContain(rule);
  });

  it('accept an allowed import', () => {
    expect(violations.filter(({ from }) => from.endsWith('allowed.ts'))).toEqual([]);
  });

  it('have a forbidden import in this test for each rule', () => {
    const { forbidden }: RuleSet = createRequire(import.meta.url)(CONFIGURATION);
    const untested = forbidden.map(({ name }) => name).filter((it) => !FORBIDDEN_IMPORTS[it]);
    expect(untested, 'rules to add to FORBIDDEN_IMPORTS').toEqual([]);
  });

  it('are kept by the program', async () => {
    expect(await violationsIn('.')).toEqual([]);
  });
});
