// Checks the packages that this repository installs: check-packages.mjs [FOLDER]
// Ends with code 1 and one line for each problem in package-lock.json and package.json.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageProblems } from './package-rules.mjs';

const [folder = '.'] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

const problems = packageProblems(read('package-lock.json'), read('package.json'));
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
