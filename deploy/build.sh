#!/bin/sh
# Makes an installation of taskfleet in a folder: what the image holds, and what CI makes to see that it runs.
#
#   deploy/build.sh dependencies FOLDER   production dependencies, exactly as locked
#   deploy/build.sh program FOLDER        the program beside them; ends with a start of it
#   deploy/build.sh all FOLDER            both
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
step=${1:?say what to build: dependencies, program or all}
target=${2:?say into which folder}

dependencies() {
  mkdir -p "$target/tools/node-runtime"
  cp "$root/package.json" "$root/package-lock.json" "$target/"
  cp "$root/tools/node-runtime/package.json" "$target/tools/node-runtime/"
  npm ci --prefix "$target" --omit=dev --no-audit --no-fund
  # a clone brings its own Node; here the one that runs this is recent enough
  rm -rf "$target"/node_modules/node-linux-* "$target"/node_modules/node-darwin-* "$target"/node_modules/node-bin-*
}

program() {
  for folder in activities bin prompts src tools workers workflows; do
    # -T: into the folder of that name, whether it is there or not
    cp -RT "$root/$folder" "$target/$folder"
  done
  find "$target/activities" "$target/src" "$target/workers" "$target/workflows" -name '*.test.ts' -delete
  mkdir -p "$target/deploy"
  cp "$root/deploy/healthcheck.mjs" "$target/deploy/"
  cp "$root/LICENSE" "$target/"
  # bundled once here, not at each start
  (cd "$target" && node --disable-warning=ExperimentalWarning workers/bundle.ts "$target/workers/workflow-bundle.js")
  node "$target/bin/taskfleet.mjs" --version
}

case "$step" in
  dependencies) dependencies ;;
  program) program ;;
  all)
    dependencies
    program
    ;;
  *)
    echo "there is no step '$step': dependencies, program or all" >&2
    exit 2
    ;;
esac
