import satisfies from 'spdx-satisfies';

/** SPDX ids of the licences that packages in production may have, alone or combined. */
const LICENCES = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
  'Python-2.0',
  // Public domain.
  'Unlicense',
];

/** Licences of packages that declare none in the field `license`, each with its evidence. */
const CHECKED_LICENCES = {
  // `"licenses": [{ "type": "MIT" }]` in its package.json, npm's field before 2014.
  'passport-strategy@1.0.0': 'MIT',
  // The text of the MIT licence in its Readme.md.
  'pause@0.0.1': 'MIT',
};

/**
 * Returns one sentence for each problem with the packages in the lockfile.
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
    ...staleLicences(packages),
  ];
}

function nameOf(path) {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** A package must have a hash and come from the registry that npm is configured to use. */
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

/** Each install script needs a decision under `allowScripts`. */
function scriptProblems({ name, version, hasInstallScript }, decisions) {
  if (!hasInstallScript || name in decisions || `${name}@${version}` in decisions) return [];
  return [`${name}@${version} has an install script, and allowScripts has no decision about it`];
}

function staleDecisions(packages, decisions) {
  const withScripts = packages.filter(({ hasInstallScript }) => hasInstallScript);
  const known = withScripts.flatMap(({ name, version }) => [name, `${name}@${version}`]);
  return Object.keys(decisions)
    .filter((name) => !known.includes(name))
    .map((name) => `allowScripts names ${name}, which has no install script`);
}

function licenceProblems(entry) {
  const { name, version } = entry;
  const licence = licenceOf(entry);
  return isAllowed(licence) ? [] : [`${name}@${version} is under ${licence ?? 'no licence'}`];
}

/** The declared licence: in `license`, or in the `licenses` of packages from before 2014. */
function licenceOf({ name, version, license, licenses }) {
  const legacy = Array.isArray(licenses)
    ? licenses.map(({ type }) => type).join(' OR ')
    : undefined;
  return license ?? legacy ?? CHECKED_LICENCES[`${name}@${version}`];
}

function staleLicences(packages) {
  const undeclared = packages.filter(({ license }) => license === undefined);
  const known = undeclared.map(({ name, version }) => `${name}@${version}`);
  return Object.keys(CHECKED_LICENCES)
    .filter((name) => !known.includes(name))
    .map(
      (name) => `CHECKED_LICENCES names ${name}, which declares its licence or is not installed`,
    );
}

function isAllowed(licence) {
  try {
    return satisfies(licence, LICENCES);
  } catch {
    // The text is not an SPDX expression, for example "SEE LICENSE IN FILE": a person must check it.
    return false;
  }
}
