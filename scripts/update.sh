# Writes every golden file anew: each test package that defines -update.
set -eu
GO=${GO:-go}
for module in . e2e; do
  (
    cd "$module"
    for dir in $(git grep -l 'flag.Bool("update"' -- '*_test.go' | xargs -n1 dirname | sort -u); do
      case $module:$dir in .:e2e*) continue ;; esac
      $GO test "./$dir" -update
    done
  )
done
git status --short
