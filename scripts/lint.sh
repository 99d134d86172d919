# gofmt, go vet, also for Windows, staticcheck, spelling, and the links of the docs. The tools
# are pinned in e2e/go.mod, which users of the module never resolve.
set -eu
GO=${GO:-go}
bin=$(pwd)/build/bin
mkdir -p "$bin"

unformatted=$(gofmt -l $(git ls-files -co --exclude-standard '*.go'))
if [ -n "$unformatted" ]; then
  printf 'gofmt: these files are not formatted:\n%s\n' "$unformatted" >&2
  exit 1
fi

(cd e2e && $GO build -o "$bin/" honnef.co/go/tools/cmd/staticcheck github.com/golangci/misspell/cmd/misspell ./doclinks)
$GO vet ./...
GOOS=windows $GO vet ./...
"$bin/staticcheck" ./...
(cd e2e && $GO vet ./... && "$bin/staticcheck" ./...)
git ls-files -co --exclude-standard '*.go' '*.md' '*.html' '*.css' '*.js' '*.yaml' '*.txt' '*.txtar' |
  grep -v -e testdata/ -e package-lock -e '^i18n/e[^n]' -e '^i18n/[^e]' -e 'bokehbinder\.[a-z]*\.js' | xargs "$bin/misspell" -error
"$bin/doclinks" $(git ls-files -co --exclude-standard '*.md' | grep -v -e testdata/ -e '^exampleSite/')
echo 'lint: ok'
