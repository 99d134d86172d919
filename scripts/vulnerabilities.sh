# Asks Go's vulnerability database about the modules and the Go that the command is
# made of. What concerns functions that are called fails. Where tool or database are
# out of reach nothing is known, which is said and is no failure. GOVULNDB is the address
# of another database.
set -u
GO=${GO:-go}
tool=golang.org/x/vuln/cmd/govulncheck@v1.9.0

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
unknown() {
  echo "vulnerabilities: not known, since $1"
  exit 0
}

GOBIN="$scratch" $GO install "$tool" 2>"$scratch/said" || {
  cat "$scratch/said" >&2
  unknown "$tool cannot be had"
}
"$scratch/govulncheck" ${GOVULNDB:+-db "$GOVULNDB"} ./... >"$scratch/report" 2>"$scratch/said"
code=$?
# Its exit code is 3 where it finds something, and 1 for whatever else goes wrong.
if [ "$code" = 1 ] && grep -q '^govulncheck: fetching vulnerabilities: ' "$scratch/said"; then
  unknown "the database is out of reach ($(sed 's/^govulncheck: fetching vulnerabilities: //' "$scratch/said"))"
fi
cat "$scratch/report" "$scratch/said"
exit "$code"
