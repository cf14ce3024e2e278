import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const DOCUMENT = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');

/** Number of requirements of level 1 or 2 in each section of ASVS 5.0.0; those of level 3 come after them. */
const SECTIONS = new Map(
  [
    '1.1:2 1.2:9 1.3:11 1.4:3 1.5:2',
    '2.1:3 2.2:3 2.3:4 2.4:1',
    '3.2:2 3.3:4 3.4:6 3.5:5 3.7:2',
    '4.1:3 4.2:1 4.3:2 4.4:4',
    '5.1:1 5.2:3 5.3:2 5.4:3',
    '6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4',
    '7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2',
    '8.1:2 8.2:3 8.3:1 8.4:1',
    '9.1:3 9.2:4',
    '10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3',
    '11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1',
    '12.1:3 12.2:2 12.3:4',
    '13.1:1 13.2:5 13.3:2 13.4:5',
    '14.1:2 14.2:4 14.3:3',
    '15.1:3 15.2:3 15.3:7',
    '16.1:1 16.2:5 16.3:4 16.4:3 16.5:3',
    '17.1:1 17.2:4 17.3:2',
  ]
    .flatMap((chapter) => chapter.split(' '))
    .map((section) => section.split(':'))
    .map(([section = '', count]) => [section, Number(count)]),
);

/** The beginning of a row whose requirement is not fully met. */
const STATES = { partly: '**Partly**: ', not: '**Not met**: ', none: 'Does not apply: ' } as const;

interface Row {
  readonly requirement: string;
  readonly state: keyof typeof STATES | 'met';
  readonly evidence: string;
}

const ROWS: readonly Row[] = DOCUMENT.split('\n')
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  .filter(([, first = '']) => /^(?:v5\.0\.0-|API\d)/.test(first))
  .map(([, requirement = '', ...cells]) => ({
    requirement,
    state: stateOf(cells.at(-3) ?? ''),
    evidence: cells.at(-2) ?? '',
  }));

const REQUIREMENTS = ROWS.filter(({ requirement }) => requirement.startsWith('v5'));

function stateOf(how: string): Row['state'] {
  const states = ['partly', 'not', 'none'] as const;
  return states.find((state) => how.startsWith(STATES[state])) ?? 'met';
}

describe('docs/security.md', () => {
  it('lists each requirement of levels 1 and 2, and each risk of the Top 10, once', () => {
    const required = [...SECTIONS].flatMap(([section, count]) =>
      Array.from({ length: count }, (_, index) => `v5.0.0-${section}.${index + 1}`),
    );
    expect(
      REQUIREMENTS.map(({ requirement }) => requirement),
      'docs/security.md needs one row per requirement of ASVS 5.0.0 of levels 1 and 2, in its order.',
    ).toEqual(required);
    const risks = ROWS.map(({ requirement }) => /^API\d+/.exec(requirement)?.[0]).filter(Boolean);
    expect(risks).toEqual(Array.from({ length: 10 }, (_, index) => `API${index + 1}`));
  });

  it('cites a file for each requirement that is met, and for no other', () => {
    const wrong = ROWS.filter(
      ({ state, evidence }) => evidence.startsWith('`') !== (state === 'met' || state === 'partly'),
    );
    expect(
      wrong,
      'In docs/security.md, the last cell of a row that is met, or met partly, must begin with a file in backticks; that of any other row must not.',
    ).toEqual([]);
  });

  it('names only files that exist', () => {
    const quoted = [
      ...DOCUMENT.matchAll(
        /`((?:test|src|docs|deploy|scripts)\/[^`›]+?|Dockerfile|compose\.yaml)(?: › [^`]+)?`/g,
      ),
    ];
    const linked = [...DOCUMENT.matchAll(/\]\((?!https?:)([^)#]+)/g)];
    const files = [
      ...quoted.map(([, path = '']) => path),
      ...linked.map(([, path = '']) => `docs/${path}`),
    ];
    expect(files.length).toBeGreaterThan(100);
    expect(
      files.filter((path) => !existsSync(join(ROOT, path))),
      'docs/security.md names these files, which do not exist: after a move, correct their paths there.',
    ).toEqual([]);
  });

  it('names only tests that exist', () => {
    const cited = [...DOCUMENT.matchAll(/`([^`›]+\.spec\.ts) › ([^`]+)`/g)];
    expect(cited.length).toBeGreaterThan(100);
    expect(
      cited
        .filter(([, path = '', name = '']) => {
          const file = join(ROOT, path);
          const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
          return !["'", '"', '`'].some((quote) => text.includes(`${quote}${name}${quote}`));
        })
        .map(([citation]) => citation),
      'docs/security.md names these tests, which do not exist: after a rename, correct their names there.',
    ).toEqual([]);
  });

  it('names a test for each spec file that it cites', () => {
    const evidence = ROWS.map((row) => row.evidence).join('\n');
    expect(
      [...evidence.matchAll(/`[^`›]+\.spec\.ts`/g)].map(([citation]) => citation),
      'Cite one test: `FILE › NAME`. A whole file does not show which of its tests fails if the claim is broken.',
    ).toEqual([]);
  });

  it('states the correct number of requirements in each state', () => {
    const count = (state: Row['state']) => REQUIREMENTS.filter((row) => row.state === state).length;
    expect(DOCUMENT, 'Correct the sentence in docs/security.md that counts the rows.').toContain(
      `Of the ${REQUIREMENTS.length} requirements of levels 1 and 2, ${count('met')} are met, ` +
        `${count('partly')} partly, ${count('not')} are not, and ${count('none')} do not apply.`,
    );
  });
});

describe('the code, as docs/security.md states,', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
    .map((path) => [path, readFileSync(join(ROOT, 'src', path), 'utf8')] as const);

  it.each([
    ['executes no text as code', /\beval\(|new Function\(|node:vm/],
    ['starts no program', /child_process/],
    ['builds no regular expression from input', /new RegExp\(/],
    ['sends no redirect', /\.redirect\(|@Redirect|['"]location['"]/i],
    ['sets no cookie', /set-?cookie/i],
    ['verifies every certificate', /rejectUnauthorized|TLS_REJECT|checkServerIdentity/],
    ['uses no digest but SHA-256', /create(?:Hash|Hmac)\((?!'sha256'[,)])/],
  ])('%s', (_, forbidden) => {
    expect(sources.length).toBeGreaterThan(100);
    expect(
      sources.filter(([, text]) => forbidden.test(text)).map(([path]) => path),
      `docs/security.md states that no file of src contains ${forbidden}. Find another way, or change the document and this test.`,
    ).toEqual([]);
  });

  it.each<[string, RegExp, string[]]>([
    [
      'connects to other systems',
      /\bfetch\(|createTransport\(|from '(?:node:(?:https|http2|tls|dns|dgram)|undici)'/,
      [
        'platform/messaging/google-chat-client.ts',
        'platform/messaging/mailer.ts',
        // A separate program, which calls the server that its flag names.
        'tools/gate-simulator/api.ts',
      ],
    ],
    ['compiles templates', /Handlebars\./, ['platform/messaging/templates.ts']],
    [
      'uses numbers that can be predicted',
      /Math\.random/,
      ['platform/database/postgres/postgres-transaction-runner.ts'],
    ],
  ])('%s only in the named files', (_, pattern, files) => {
    expect(
      sources.filter(([, text]) => pattern.test(text)).map(([path]) => path),
      `docs/security.md states that only these files of src contain ${pattern}.`,
    ).toEqual(files);
  });

  it('escapes every value of a template', () => {
    const templates = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.html.hbs'),
    );
    expect(templates.length).toBeGreaterThan(2);
    const unescaped = templates.filter((path) =>
      /\{\{[{&]/.test(readFileSync(join(ROOT, 'src', path), 'utf8')),
    );
    expect(unescaped).toEqual([]);
  });

  it('marks only plots as HTML that is not escaped', () => {
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.ts'),
    );
    const marking = sources.filter((path) =>
      /\bmarkup\(|SafeString\(/.test(readFileSync(join(ROOT, 'src', path), 'utf8')),
    );
    expect(marking).toEqual(['analytics/plots/plot.ts', 'platform/messaging/templates.ts']);
  });
});
