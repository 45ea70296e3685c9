#!/bin/sh
# Checks docker-compose.yml and its override as docker compose itself reads them. Needs no daemon.
# Takes `docker compose` or `docker-compose` where one is installed, else builds it once with Go (about 3 minutes).
# Exits with 1 when anything is wrong, and also when nothing could be checked.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
version=v2.40.3
cache="${TASKFLEET_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/taskfleet}/bin"
built="$cache/docker-compose-$version"

build() {
  command -v go >/dev/null || {
    echo 'neither docker compose nor go is installed: install one of them, this check skips nothing' >&2
    exit 1
  }
  echo "building docker compose $version once, into $built" >&2
  work=$(mktemp -d)
  (
    cd "$work"
    go mod init compose
    # 'go install' refuses this module (it has exclude directives); a tool of a throw-away module is not refused
    go get -tool "github.com/docker/compose/v2/cmd@$version"
    go build -trimpath -o docker-compose github.com/docker/compose/v2/cmd
  ) >&2
  mkdir -p "$cache"
  mv "$work/docker-compose" "$built.$$"
  mv "$built.$$" "$built"
}

if docker compose version >/dev/null 2>&1; then
  compose() { docker compose "$@"; }
elif command -v docker-compose >/dev/null; then
  compose() { docker-compose "$@"; }
else
  [ -x "$built" ] || build
  compose() { "$built" "$@"; }
fi

failed=0
problem() {
  echo "✗ $1" >&2
  failed=1
}

# stand-ins: nothing is started, and no .env of this folder is read
SECRETS='TASKFLEET_GATEWAY_TOKEN TASKFLEET_GITHUB_TOKEN ANTHROPIC_API_KEY POSTGRES_PASSWORD'
unset COMPOSE_FILE COMPOSE_PROFILES COMPOSE_PROJECT_NAME
for secret in $SECRETS; do export "$secret=a-stand-in-for-validation"; done

cd "$root"
out=$(mktemp -d)
trap 'rm -rf "$out" "${work:-}"' EXIT

check() {
  name=$1
  shift
  if compose --env-file /dev/null "$@" config --format json >"$out/config.json" 2>"$out/said"; then
    # a warning is a mistake as well: an obsolete key, a variable that is not set
    [ ! -s "$out/said" ] || problem "$name: $(cat "$out/said")"
    node deploy/compose-rules.mjs <"$out/config.json" 2>"$out/said" || problem "$name: $(cat "$out/said")"
    echo "✓ $name" >&2
  else
    problem "$name: $(cat "$out/said")"
  fi
}

check 'docker-compose.yml' --file docker-compose.yml
check 'docker-compose.scale.yml' --file docker-compose.yml --file docker-compose.scale.yml

# each secret is asked for by name when it is missing
for secret in $SECRETS; do
  if (unset "$secret" && compose --env-file /dev/null --file docker-compose.yml config --quiet) 2>"$out/said"; then
    problem "$secret may be left out, and nobody is told"
  else
    grep -q "$secret" "$out/said" || problem "without $secret the message does not name it: $(cat "$out/said")"
  fi
done

exit "$failed"
