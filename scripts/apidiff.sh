# Compares what other programs see of the public packages with the last tag. What
# they would have to change for is listed, and is an error from v1 on.
set -eu
GO=${GO:-go}
apidiff=golang.org/x/exp/cmd/apidiff@v0.0.0-20261113113407-e3970619a1a4

last=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null || true)
if [ -z "$last" ]; then
  echo 'apidiff: there is no tag yet, so nothing to compare with'
  exit 0
fi
scratch=$(mktemp -d)
trap 'git worktree remove --force "$scratch/old"; rm -rf "$scratch"' EXIT
git worktree add --quiet --detach "$scratch/old" "$last"
GOBIN="$scratch" $GO install "$apidiff"

broken=
for package in . ./card ./extension; do
  path=$($GO list "$package")
  (cd "$scratch/old" && "$scratch/apidiff" -w "$scratch/export" "$path")
  changes=$("$scratch/apidiff" -incompatible "$scratch/export" "$path")
  if [ -n "$changes" ]; then
    printf '%s, since %s:\n%s\n' "$path" "$last" "$changes"
    broken=yes
  fi
done
case $last in v0.*) broken= ;; esac
if [ -n "$broken" ]; then
  echo 'apidiff: other programs would have to change; that needs another major version' >&2
  exit 1
fi
echo "apidiff: compared with $last"
