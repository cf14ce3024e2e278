import satisfies from 'spdx-satisfies';

/** What ships with the program may be under these, or under a choice or sum of them: SPDX ids. */
const LICENCES = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
];

/**
 * What is wrong with the packages that an installation would take; one sentence each.
 *
 * @param lockfile `package-lock.json`, parsed (version 3)
 * @param manifest `package.json`, parsed
 */
export function packageProblems(lockfile, manifest) {
  const packages = Object.entries(lockfile.packages)
    .filter(([path]) => path !== '')
    .map(([path, entry]) => ({ ...entry, name: nameOf(path) }));
  const decisions = manifest.allowScripts ?? {};
  return [
    ...packages.flatMap(originProblems),
    ...packages.flatMap((entry) => scriptProblems(entry, decisions)),
    ...staleDecisions(packages, decisions),
    ...packages.filter(({ dev }) => dev !== true).flatMap(licenceProblems),
  ];
}

function nameOf(path) {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** From the registry that npm is set to use, and exactly what the lockfile was made with. */
function originProblems({ name, version, integrity, resolved }) {
  const problems = [];
  if (!/^sha512-[\w+/]{86}==$/.test(integrity ?? '')) {
    problems.push(`${name}@${version} has no SHA-512 in package-lock.json`);
  }
  if (resolved !== undefined) {
    problems.push(`${name}@${version} is tied to ${resolved} in package-lock.json`);
  }
  return problems;
}

/** Somebody has decided whether the script is needed. */
function scriptProblems({ name, version, hasInstallScript }, decisions) {
  if (!hasInstallScript || name in decisions || `${name}@${version}` in decisions) return [];
  return [`${name}@${version} has an install script, and allowScripts says nothing of it`];
}

function staleDecisions(packages, decisions) {
  const withScripts = packages.filter(({ hasInstallScript }) => hasInstallScript);
  const known = withScripts.flatMap(({ name, version }) => [name, `${name}@${version}`]);
  return Object.keys(decisions)
    .filter((name) => !known.includes(name))
    .map((name) => `allowScripts names ${name}, which has no install script`);
}

function licenceProblems({ name, version, license }) {
  return isAllowed(license) ? [] : [`${name}@${version} is under ${license ?? 'no licence'}`];
}

function isAllowed(licence) {
  try {
    return satisfies(licence, LICENCES);
  } catch {
    // No SPDX expression, such as "SEE LICENSE IN FILE": for a person to read.
    return false;
  }
}
