# Runs tests beside busy processes (BUSY, 20), several times (TIMES, 3), with go
# test's limits raised: a test that waits for a while, and not for what it waits
# for, fails here. PACKAGES are those of the module, E2E those below e2e.
set -u
GO=${GO:-go}
times=${TIMES:-3}
packages=${PACKAGES-./...}
e2e=${E2E-./preview ./launch ./browse}

busy=
end() {
  for id in $busy; do kill "$id" 2>/dev/null; done
}
trap end EXIT
trap 'exit 130' INT TERM HUP
i=0
while [ "$i" -lt "${BUSY:-20}" ]; do
  # Each ends by itself, too, when this script is no more, whatever ended it.
  (trap - EXIT; while kill -0 $$ 2>/dev/null; do :; done) &
  busy="$busy $!"
  i=$((i + 1))
done

code=0
[ -z "$packages" ] || $GO test -vet off -count "$times" -timeout 6h $packages || code=1
[ -z "$e2e" ] || (cd e2e && BOKEHBINDER_REQUIRE=$(cat ../build/installed 2>/dev/null) $GO test -vet off -count "$times" -timeout 12h $e2e) || code=1
exit $code
