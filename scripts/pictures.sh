# Takes the pictures of the README and the docs: the demo's page, every state of an
# embed, and the documentation's first page for Hugo's list of themes.
set -eu
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
  echo 'pictures: there is no Chromium' >&2
  exit 1
}
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
"$browser" --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
  --hide-scrollbars --user-data-dir="$profile" --window-size=900,1345 \
  --screenshot=docs/pictures/page.png "file://$(pwd)/build/demo/index.html" >/dev/null 2>&1
(cd e2e && BOKEHBINDER_REQUIRE=chromium ${GO:-go} test ./browser -run '^Test(Theme)?Pictures$' -count=1 -update)
echo 'pictures: docs/pictures, images'
