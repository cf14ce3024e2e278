#!/usr/bin/env bash
# Usage: scripts/test-on-node.sh VERSION [VITEST ARGUMENTS]
# Runs the tests on another version of Node.js, in a temporary copy of the working tree (without files
# that Git ignores) with native modules for that version. The repository and the machine do not change.
# With arguments, runs only those tests: scripts/test-on-node.sh 24.21.0 test/e2e
set -euo pipefail
version=${1:?which version of Node.js, as in 24.21.0}
shift
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Installs the binary package that the registry's `node` package would fetch by an install script for
# this platform. It has no install script and includes the headers for compiling native modules.
platform=$(node -p '`${process.platform}-${process.arch}`')
package=node-$platform
if [ "$platform" = darwin-arm64 ]; then package=node-bin-$platform; fi
# A driver that is compiled with headers of a later Node.js 24 aborts (docs/decisions/better-sqlite3.md).
headers=$version
case $version in 24.*) headers=24.18.1 ;; esac
npm install --prefix "$work/node" --ignore-scripts --no-audit --no-fund --no-progress \
  "runtime@npm:$package@$version" "headers@npm:$package@$headers"
export PATH="$work/node/node_modules/runtime/bin:$PATH"
export npm_config_nodedir=$work/node/node_modules/headers JOBS=max

mkdir "$work/vpms"
git ls-files -z --cached --others --exclude-standard |
  tar --null --files-from=- --ignore-failed-read --create --file=- |
  tar --extract --file=- --directory="$work/vpms"
cd "$work/vpms"
npm ci --no-progress
printf 'Node.js %s, modules of version %s\n' "$(node -p process.version)" \
  "$(node -p process.versions.modules)"
[ "$(node -p process.version)" = "v$version" ]
if [ "$#" -eq 0 ]; then
  npm test
else
  npm run --silent build
  npx vitest run "$@"
fi
