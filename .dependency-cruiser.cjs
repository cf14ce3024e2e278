/** Who may import whom: the rules of the house (docs/decisions/import-rules.md). */
module.exports = {
  forbidden: [
    rule('common-knows-no-feature', '^src/common', '^src/(?!common)'),
    rule('parking-imports-common', '^src/parking', '^src/(?!common|parking)'),
    rule('auth-imports-common', '^src/auth', '^src/(?!common|auth)'),
    rule('jobs-import-the-domain', '^src/jobs', '^src/(?!common|auth|parking|jobs)'),
    rule('admin-and-user-apart', '^src/admin', '^src/user'),
    rule('user-and-admin-apart', '^src/user', '^src/admin'),
    rule('operations-stand-alone', '^src/operations', '^src/(?!common|auth|operations)'),
    rule('seed-imports-the-domain', '^src/seed', '^src/(?!common|auth|parking|seed)'),
    rule('nobody-imports-seed', '^src/(?!seed)', '^src/seed'),
    rule(
      'import-flask-imports-the-domain',
      '^src/import-flask',
      '^src/(?!common|auth|parking|import-flask|jobs/runs/scheduled-jobs)',
    ),
    rule('nobody-imports-import-flask', '^src/(?!import-flask)', '^src/import-flask'),
    rule('backup-imports-common', '^src/backup', '^src/(?!common|backup)'),
    rule('nobody-imports-backup', '^src/(?!backup)', '^src/backup'),
    {
      ...rule('surfaces-see-only-services-of-jobs', '^src/(admin|user)', '^src/jobs'),
      to: {
        path: '^src/jobs',
        pathNot: ['\\.service\\.ts$', '\\.entity\\.ts$', '\\.module\\.ts$', 'dispatcher\\.ts$'],
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
      from: { orphan: true, pathNot: ['main\\.ts$', '-cli\\.ts$', '\\.spec\\.ts$'] },
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
