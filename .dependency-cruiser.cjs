/** Who may import whom: the rules of the house (docs/decisions/import-rules.md). */
module.exports = {
  forbidden: [
    rule('platform-knows-no-feature', '^src/platform', '^src/(?!platform)'),
    rule('parking-imports-platform', '^src/parking', '^src/(?!platform|parking)'),
    rule('auth-imports-platform', '^src/auth', '^src/(?!platform|auth)'),
    rule('jobs-import-the-domain', '^src/jobs', '^src/(?!platform|auth|parking|jobs)'),
    rule('admin-imports-no-other-surface', '^src/admin', '^src/user'),
    rule('user-imports-no-other-surface', '^src/user', '^src/admin'),
    rule(
      'api-models-import-the-domain',
      '^src/api-models',
      '^src/(?!platform|parking|auth|api-models)',
    ),
    rule('operations-stand-alone', '^src/operations', '^src/(?!platform|auth|operations)'),
    rule('nothing-imports-tools', '^src/(?!tools)', '^src/tools'),
    {
      ...rule('surfaces-see-only-services-of-jobs', '^src/(admin|user)', '^src/jobs'),
      to: {
        path: '^src/jobs',
        // The list names the jobs for the API's documentation.
        pathNot: [
          '\\.service\\.ts$',
          '\\.entity\\.ts$',
          '\\.module\\.ts$',
          '/scheduled-jobs\\.ts$',
        ],
      },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['main\\.ts$', 'data-source\\.ts$', '-cli\\.ts$', '\\.spec\\.ts$'],
      },
      to: {},
    },
    {
      name: 'no-development-dependencies',
      severity: 'error',
      from: { path: '^src', pathNot: '\\.spec\\.ts$' },
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

function rule(name, from, to) {
  return { name, severity: 'error', from: { path: from }, to: { path: to } };
}
