#!/usr/bin/env bash
# Runs the tests on another version of Node.js: scripts/test-on-node.sh VERSION [VITEST ARGUMENTS]
# In a copy of the files as they are now (what Git ignores stays out), with native modules built for
# that version; repository and machine stay as they were. With arguments it runs a part of the tests
# and asks for no coverage: scripts/test-on-node.sh 24.21.0 test/e2e
set -euo pipefail
version=${1:?which version of Node.js, as in 24.21.0}
shift
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Node.js itself: what the registry's package `node` fetches for this kind of machine by an install
# script. This one has none, and brings the headers along for whatever has to be compiled.
platform=$(node -p '`${process.platform}-${process.arch}`')
package=node-$platform
if [ "$platform" = darwin-arm64 ]; then package=node-bin-$platform; fi
# docs/decisions/better-sqlite3.md: a driver built with the headers of a later 24 aborts.
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
