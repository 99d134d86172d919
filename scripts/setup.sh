# Installs what the tests need besides Go, git and make, where this machine
# lets us: Chromium, Firefox, Jekyll, Asciidoctor and Python's venv (Debian
# packages, as root or by sudo without a password), the oldest git that the docs
# name, libfaketime and the node tools of e2e/package.json. What cannot be
# installed is one line each, and the tests that need it say so when they are
# skipped.

say() { printf 'setup: %s\n' "$*"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
  else return 1
  fi
}

apt_updated=
install_package() { # PACKAGE COMMAND WHAT-FOR
  command -v "$2" >/dev/null && return
  if command -v apt-get >/dev/null; then
    if [ -z "$apt_updated" ]; then
      as_root apt-get update -qq >/dev/null 2>&1
      apt_updated=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1" >/dev/null 2>&1
  fi
  command -v "$2" >/dev/null && { say "installed $1"; return; }
  say "missing: $2 ($3); install it by hand to run those tests"
}

install_package chromium chromium "tests in Chromium"
install_package firefox-esr firefox-esr "tests in Firefox"
install_package jekyll jekyll "comparing posts with Jekyll anew"
install_package asciidoctor asciidoctor "Hugo's AsciiDoc pages"

# Debian's Python makes virtual environments only with a package beside it.
if ! python3 -c 'import ensurepip, venv' 2>/dev/null && command -v apt-get >/dev/null; then
  [ -n "$apt_updated" ] || as_root apt-get update -qq >/dev/null 2>&1
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null 2>&1 && say "installed python3-venv"
fi
# A small package tells whether others can be had.
probe=$(mktemp -d)
if python3 -m venv "$probe/venv" >/dev/null 2>&1 &&
  "$probe/venv/bin/python" -m pip install --quiet --disable-pip-version-check six==1.17.0 >/dev/null 2>&1; then
  pypi=yes
else
  pypi=
  say "missing: python3 with venv, or Python's package index (running dashboards, comparing with repo2docker); install python3-venv to run those tests"
fi
# So it does for Go modules, which must not come from the module cache.
if (cd "$probe" && GOMODCACHE=$probe/mod GOFLAGS=-modcacherw ${GO:-go} mod download rsc.io/quote@v1.5.2) >/dev/null 2>&1; then
  goproxy=yes
else
  goproxy=
  say "missing: a Go module proxy (trying popular Hugo themes)"
fi
rm -rf "$probe"

if command -v npm >/dev/null; then
  if ! cmp -s e2e/package-lock.json e2e/node_modules/.installed; then
    if (cd e2e && npm ci --no-audit --no-fund --loglevel=error >/dev/null); then
      cp e2e/package-lock.json e2e/node_modules/.installed
      say "installed the node tools of e2e/package.json"
    else
      say "missing: the node tools of e2e/package.json (npm ci failed)"
    fi
  fi
else
  say "missing: npm (HTML validation, the hub's own client); install node to run those tests"
fi

# The oldest git that the docs name is Debian 11's. It is unpacked from where apt has
# this machine's packages from, and installed nowhere.
oldgit=$PWD/build/git-2.30
unpack_git() { # WORK
  uri=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Identifier: Packages' | head -n 1) && [ -n "$uri" ] || return 1
  mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
  echo "deb $uri bullseye main" >"$1/sources.list"
  for arguments in update "download git"; do
    # shellcheck disable=SC2086 # they are words
    (cd "$1" && apt-get -qq -o Dir::Etc::SourceList="$1/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$1/lists" \
      -o Dir::State::Status=/dev/null -o Dir::Cache="$1/cache" -o APT::Sandbox::User= -o Acquire::Languages=none \
      -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false $arguments) || return 1
  done
  dpkg-deb -x "$1"/git_*.deb "$1/tree" && GIT_EXEC_PATH=$1/tree/usr/lib/git-core "$1/tree/usr/bin/git" version | grep -q '2\.30\.' &&
    ! ldd "$1/tree/usr/lib/git-core/git-remote-https" | grep -q 'not found' && mkdir -p "$oldgit/usr" && mv "$1/tree/usr/bin" "$1/tree/usr/lib" "$oldgit/usr/"
}
if [ ! -x "$oldgit/usr/bin/git" ]; then
  probe=$(mktemp -d)
  if command -v apt-get dpkg-deb >/dev/null && unpack_git "$probe" >/dev/null 2>&1; then say "unpacked git 2.30"
  else say "missing: git 2.30, the oldest that is supported: apt has no packages of Debian 11 here"
  fi
  rm -rf "$probe"
fi

# libfaketime sets the clock of git's processes alone. It is unpacked, and installed nowhere.
faketime=$PWD/build/libfaketime.so
if [ ! -f "$faketime" ]; then
  probe=$(mktemp -d)
  if command -v apt-get dpkg-deb >/dev/null && (cd "$probe" && apt-get -qq -o APT::Sandbox::User= download libfaketime &&
    dpkg-deb -x libfaketime_*.deb tree && mv tree/usr/lib/*/faketime/libfaketimeMT.so.1 "$faketime") >/dev/null 2>&1; then say "unpacked libfaketime"
  else say "missing: libfaketime (commands whose clock is set while they run): apt has no such package here"
  fi
  rm -rf "$probe"
fi

# What is here must be used: tests fail, and are not skipped, without it.
mkdir -p build
{
  command -v chromium >/dev/null && printf 'chromium,'
  command -v firefox-esr >/dev/null && printf 'firefox,'
  command -v asciidoctor >/dev/null && printf 'asciidoctor,'
  command -v jekyll >/dev/null && printf 'jekyll,'
  [ -f e2e/node_modules/.installed ] && printf 'node,'
  [ -n "$pypi" ] && printf 'pypi,'
  [ -n "$goproxy" ] && printf 'goproxy,'
  [ -x "$oldgit/usr/bin/git" ] && printf 'git-2.30,'
  [ -f "$faketime" ] && printf 'faketime,'
} >build/installed
exit 0
