# Runs every fuzz target of the module for FUZZTIME.
set -eu
GO=${GO:-go}
for dir in $(git grep -l '^func Fuzz' -- '*_test.go' | grep -v '^e2e/' | xargs -n1 dirname | sort -u); do
  for target in $($GO test -list '^Fuzz' "./$dir" | grep '^Fuzz'); do
    echo "fuzz: ./$dir $target"
    $GO test -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZTIME" -fuzzminimizetime 5s "./$dir"
  done
done
