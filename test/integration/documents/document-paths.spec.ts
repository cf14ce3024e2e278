import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];
/** A file or folder in code font, except for build output. */
const PATH = /`(?!(?:bench|test)\/\.build)((?:src|test|bench|docs|deploy|scripts)\/[\w./-]+)`/g;
/** Stands for a name in a recipe, as in `src/user/FEATURE/NAME.dto.ts`. */
const PLACEHOLDER = /\/(?:FEATURE|NAME)\b/;
/** A link to a file of the repository, without its anchor. */
const LINK = /\]\((?!https?:|#|mailto:)([^)#\s]+)/g;

describe('the documents', () => {
  it.each(DOCUMENTS)('name only files and folders that exist: %s', (document) => {
    const text = readFileSync(document, 'utf8');
    const named = [...text.matchAll(PATH)].map(([, path = '']) => path);
    const linked = [...text.matchAll(LINK)].map(([, path = '']) => join(dirname(document), path));
    const missing = [...named.filter((path) => !PLACEHOLDER.test(path)), ...linked].filter(
      (path) => !existsSync(path),
    );
    expect(missing, `correct or remove the paths in ${document}`).toEqual([]);
  });
});
