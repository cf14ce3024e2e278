// Usage: check-packages.mjs [FOLDER]
// Checks the packages in package-lock.json and package.json. Prints one line per problem and exits with 1
// if there is one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageProblems } from './package-rules.mjs';

const [folder = '.'] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

const problems = packageProblems(read('package-lock.json'), read('package.json'));
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
