#!/usr/bin/env bash
# What the README promises, held to on a bare Debian 12: `./lamp run` until the board answers, `./lamp package`, its
# installation, `lamplighter check`. Makes a minimal system with mmdebstrap from this machine's Debian mirror, clones
# HEAD into it and works there in namespaces of its own. Needs root; takes a quarter of an hour; no part of CI.
#     tests/acceptance/bare_debian.sh [FOLDER]      FOLDER (default: a new one) keeps the system afterwards
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

inside() { # runs within the bare system, as root, in /src
  local began=$SECONDS lamp
  took() { printf '== %s: %d s\n' "$1" $((SECONDS - began)); began=$SECONDS; }
  expect() { # words, text that the body must hold, path
    curl -fsS "http://127.0.0.1:$2$3" | grep -q "$4" || { echo "FAILED: $1"; exit 1; }
    echo "ok    $1"
  }
  cd /src
  LAMP_PORT=$1 ./lamp run &
  lamp=$!
  until command -v curl >/dev/null && curl -fsS -o /dev/null "http://127.0.0.1:$1/readyz" 2>/dev/null; do
    kill -0 $lamp 2>/dev/null || { echo "FAILED: ./lamp run ended"; exit 1; }
    sleep 1
  done
  took "./lamp run from nothing to a ready board"
  expect "the board" "$1" / '<title>'
  expect "forty people" "$1" "/v1/presence?limit=40" '"line":{"state"'
  kill "$lamp"
  wait "$lamp" || true
  LAMP_PORT=$1 ./lamp run &
  lamp=$!
  until curl -fsS -o /dev/null "http://127.0.0.1:$1/readyz" 2>/dev/null; do
    kill -0 $lamp 2>/dev/null || { echo "FAILED: the second ./lamp run ended"; exit 1; }
    sleep 0.2
  done
  took "./lamp run once more"
  kill "$lamp"
  wait "$lamp" || true
  ./lamp package
  took "./lamp package"
  apt-get install -y -qq --no-install-recommends ./build/release/lamplighter_*.deb systemd >/dev/null
  lamplighter --version
  lamplighter check
  local told
  told=$(systemd-analyze verify lamplighter.service 2>&1)
  [ -z "$told" ] || { echo "FAILED: systemd-analyze verify: $told"; exit 1; }
  took "the package is installed, its configuration good, its unit too"
  apt-get purge -y -qq lamplighter >/dev/null
  [ ! -e /etc/lamplighter ] && [ ! -e /usr/bin/lamplighter ] || { echo "FAILED: purged, and something is left"; exit 1; }
}

if [ "${1:-}" = --inside ]; then
  inside "$2"
  echo "bare Debian: passed"
  exit
fi

[ "$(id -u)" = 0 ] || { echo "bare_debian.sh needs root" >&2; exit 1; }
command -v mmdebstrap >/dev/null || apt-get install -y -qq --no-install-recommends mmdebstrap >/dev/null
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
folder=${1:-$(mktemp -d "${TMPDIR:-/tmp}/lamplighter-bare.XXXXXX")}
root=$folder/root
mkdir -p "$folder"
if [ ! -e "$root/etc/debian_version" ]; then
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
    sort -u | grep ' bookworm' >"$folder/sources.list"
  mmdebstrap --quiet --variant=minbase bookworm "$root" "$folder/sources.list"
fi
rm -rf "$root/src"
git clone -q --no-local "$here/../.." "$root/src"
cp /etc/resolv.conf "$root/etc/resolv.conf"
exec unshare --mount --pid --fork --uts --ipc --kill-child bash -c '
  mount --make-rprivate / 2>/dev/null || true
  mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mount -t sysfs sys "$1/sys" && mount -t tmpfs tmp "$1/tmp"
  exec env -i HOME=/root TERM=dumb LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    chroot "$1" bash /src/tests/acceptance/bare_debian.sh --inside "$2"' bare "$root" "$port"
