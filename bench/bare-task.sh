#!/bin/sh
# One task as a person would script it, without taskfleet: clone, two turns of Claude Code, tests, push, pull request.
# Everything comes by the environment; each step says when it is over on its standard output.
set -eu

step() {
  echo "step $1"
}

export HOME="$BENCH_DIR/home" CLAUDE_CONFIG_DIR="$BENCH_DIR/claude" TMPDIR="$BENCH_DIR/tmp"
mkdir -p "$HOME" "$CLAUDE_CONFIG_DIR" "$TMPDIR"

git clone --quiet "$BENCH_MIRROR" "$BENCH_DIR/work"
cd "$BENCH_DIR/work"
git checkout --quiet -b "$BENCH_BRANCH"
step clone

# shellcheck disable=SC2086 # flags
claude() {
  "$BENCH_CLAUDE" --print --output-format json --model sonnet --permission-mode dontAsk --setting-sources '' \
    --strict-mcp-config --max-turns 200 --tools "$BENCH_TOOLS" --allowedTools "$BENCH_TOOLS" "$@" >"$BENCH_DIR/answer.json"
}
claude --session-id "$BENCH_SESSION" --json-schema "$BENCH_SCHEMA" "Analyse this issue, change nothing: $BENCH_TITLE"
step session
claude --resume "$BENCH_SESSION" "Resolve the issue with a test, then run the tests: $BENCH_TITLE"
step session

npm test >"$BENCH_DIR/tests.log" 2>&1
step gates

git add --all
git -c user.name=bench -c user.email=bench@localhost commit --quiet -m "fix: $BENCH_TITLE"
git -c "http.extraHeader=Authorization: Basic $BENCH_BASIC" push --quiet "$BENCH_REMOTE" "HEAD:refs/heads/$BENCH_BRANCH"
curl --silent --show-error --fail --output "$BENCH_DIR/pull.json" \
  --header "Authorization: Bearer $BENCH_TOKEN" --header 'Content-Type: application/json' \
  --data "{\"title\":\"fix: $BENCH_TITLE\",\"head\":\"$BENCH_BRANCH\",\"base\":\"main\",\"body\":\"Closes #$BENCH_ISSUE\"}" \
  "$BENCH_API/repos/$BENCH_REPO/pulls"
step publish

cd /
rm -rf "$BENCH_DIR"
step tidy
times
