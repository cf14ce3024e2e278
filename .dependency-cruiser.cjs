/**
 * The import rules (docs/decisions/import-rules.md). Each rule forbids the files that match its `from` to
 * import the files that match its `to`.
 */

/** The other folders of `parking` that each folder may import. */
const ALLOWED_INSIDE_PARKING = {
  spots: [],
  vehicles: [],
  bulk: ['vehicles'],
  tariffs: [],
  policies: [],
  lots: ['spots', 'tariffs', 'policies'],
  claims: ['lots', 'spots', 'tariffs', 'policies', 'vehicles'],
  reservations: ['lots', 'spots', 'tariffs', 'policies', 'vehicles', 'claims'],
  gates: ['lots', 'spots', 'tariffs', 'policies', 'vehicles', 'claims', 'reservations'],
  occupancy: ['lots', 'spots', 'tariffs', 'policies', 'vehicles', 'claims', 'reservations'],
};

const SURFACES = ['account', 'admin', 'user', 'operations', 'gate', 'public'];

/** Files of `jobs` that surfaces may import: services, entities, the module, and the list of jobs for OpenAPI. */
const PUBLIC_FILES_OF_JOBS = [
  '\\.service\\.ts$',
  '\\.entity\\.ts$',
  '\\.module\\.ts$',
  '/scheduled-jobs\\.ts$',
];

module.exports = {
  forbidden: [
    // The platform can be understood, tested and replaced without any feature.
    only('platform-imports-no-feature', 'platform', []),

    // Jobs and surfaces import the domain, never the reverse.
    only('parking-imports-platform', 'parking', ['platform']),
    only('auth-imports-platform', 'auth', ['platform']),

    // The domain does not use HTTP. auth/access is the exception: its guard runs before every route.
    {
      name: 'domain-imports-no-http',
      severity: 'error',
      from: { path: '^src/(parking|auth)/', pathNot: '^src/auth/access/' },
      to: {
        path: '^src/platform/http/|node_modules/(fastify|@nestjs/(swagger|platform-fastify))/',
      },
    },

    // Inside parking, a folder imports only the folders that ALLOWED_INSIDE_PARKING lists for it.
    ...Object.entries(ALLOWED_INSIDE_PARKING).map(([folder, allowed]) => ({
      name: `parking-${folder}-imports-earlier-folders`,
      severity: 'error',
      from: { path: `^src/parking/${folder}/` },
      to: {
        path: '^src/parking/[^/]+/',
        pathNot: `^src/parking/(${[folder, ...allowed].join('|')})/`,
      },
    })),

    // Jobs use the domain, which does not import them: it registers a job with the transaction of a change.
    only('jobs-import-the-domain', 'jobs', ['analytics', 'parking', 'auth', 'platform']),

    // The read side is computed from the domain's tables.
    only('analytics-import-the-domain', 'analytics', ['parking', 'auth', 'platform']),

    // The tables of all these folders store something about a person.
    only('people-import-the-domain-and-jobs', 'people', ['parking', 'auth', 'jobs', 'platform']),

    // DTOs that several surfaces share are mapped from values that the domain returns.
    only('api-models-import-the-domain', 'api-models', ['parking', 'auth', 'platform']),

    // Each surface can be changed alone: what two of them need belongs to api-models or the domain.
    ...SURFACES.map((surface) =>
      only(`${surface}-imports-no-other-surface`, surface, [
        'parking',
        'auth',
        'jobs',
        'people',
        'analytics',
        'api-models',
        'platform',
      ]),
    ),
    {
      name: 'surfaces-import-only-services-of-jobs',
      severity: 'error',
      from: { path: `^src/(${SURFACES.join('|')})/` },
      to: { path: '^src/jobs/', pathNot: PUBLIC_FILES_OF_JOBS },
    },

    // `app` composes the program. Only the entry points and the tools import it.
    {
      name: 'app-is-composition-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(app/|tools/|main\\.ts$)' },
      to: { path: '^src/(app/|main\\.ts$)' },
    },
    {
      name: 'nothing-imports-tools',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/tools/' },
      to: { path: '^src/tools/' },
    },

    // Only parking writes lots, spots and reservations. Others may use the types; app lists
    // the entities for TypeORM, and the seed checks that their tables are empty.
    {
      name: 'only-parking-uses-its-entities',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(parking|app|tools)/' },
      to: {
        path: '^src/parking/(lots/lot|spots/spot|reservations/reservation)\\.entity\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },

    // Two files that import each other cannot be understood one at a time.
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },

    // A file that nothing imports is an entry point, or unused.
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          'main\\.ts$',
          'data-source\\.ts$',
          '-cli\\.ts$',
          '\\.client\\.js$',
          '\\.spec\\.ts$',
        ],
      },
      to: {},
    },

    // Production installs no development dependencies.
    {
      name: 'no-development-dependencies',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};

/** Returns a rule that a folder of `src` imports only itself and the `allowed` folders of `src`. */
function only(name, folder, allowed) {
  return {
    name,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
  };
}
