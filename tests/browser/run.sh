#!/bin/bash
# Runs one file of browser tests with Node.js, in Debian's Chromium; skips where one of them is missing.
#
#   run.sh TINYELF FOLDER TEST.js [PAGES]   FOLDER: of the build, where npm installs the two packages of package-lock.json
#                                           PAGES: docs/ as HTML, for docs.test.js
#
# Exit status: 0 no fault, 1 a fault, 77 skipped.
set -u
tinyelf=$1 folder=$2 test=$3 pages=${4-}
source=$(cd "$(dirname "$0")" && pwd)

skip() { echo "skipped: $1"; exit 77; }

command -v node >/dev/null || skip "Node.js is missing: install the package nodejs"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || skip "Node.js is older than version 18"
chromium=${CHROMIUM:-$(command -v chromium)} || skip "Chromium is missing: install the package chromium"
[ "$test" != docs.test.js ] || [ -e "$pages/index.html" ] || skip "this build makes no HTML of docs/: install the package pandoc"
mkdir -p "$folder" || exit 1
# Tests run side by side; the first one installs.
exec 9>"$folder/lock"
flock 9
if ! cmp -s "$source/package-lock.json" "$folder/installed-lock.json"; then
    command -v npm >/dev/null || skip "npm is missing: install the package npm"
    cp "$source/package.json" "$source/package-lock.json" "$folder/" || exit 1
    (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1) || {
        cat "$folder/npm.log"
        skip "npm cannot install what package-lock.json names"
    }
    cp "$folder/package-lock.json" "$folder/installed-lock.json" || exit 1
fi
flock -u 9
export TINYELF=$tinyelf BROWSER_PACKAGES=$folder CHROMIUM=$chromium PAGES=$pages
exec node --test "$source/$test"
