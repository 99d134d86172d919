# Runs the steps that are its arguments, targets of the Makefile, all of them
# whatever fails. At the end it repeats what failed, with the whole output of
# each failing test, and exits with 1 if something did. Which tests were run
# again is said, too.
set -u
logs=build/test again=build/again
rm -rf "$logs" "$again"
mkdir -p "$logs"

failed=
for step in "$@"; do
  printf '== %s\n' "$step"
  { ${MAKE:-make} --no-print-directory "$step" 2>&1 || : >"$logs/$step.failed"; } | tee "$logs/$step.log"
  [ ! -e "$logs/$step.failed" ] || failed="$failed $step"
done

for step in $failed; do
  printf '\n== %s failed\n' "$step"
  # Of packages that pass and modules that are downloaded, go prints a line.
  grep -v -e '^ok  	' -e '^?   	' -e '^go: downloading ' "$logs/$step.log"
done
[ ! -s "$again" ] || { printf '\n== run again\n'; cat "$again"; }
[ -z "$failed" ] || { printf '\nFAIL:%s\n' "$failed"; exit 1; }
echo PASS
