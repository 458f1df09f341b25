#!/usr/bin/env bash
# The package under a real systemd: installed into a minimal Debian 12, booted by systemd-nspawn, started with secrets from
# /etc/lamplighter/secrets, reloaded, killed and restarted by systemd, stopped. Needs root; a minute; no part of CI.
#     tests/acceptance/systemd_unit.sh
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
[ "$(id -u)" = 0 ] || { echo "systemd_unit.sh needs root" >&2; exit 1; }
command -v mmdebstrap >/dev/null || apt-get install -y -qq --no-install-recommends mmdebstrap >/dev/null
command -v systemd-nspawn >/dev/null || apt-get install -y -qq --no-install-recommends systemd-container >/dev/null
./lamp package >/dev/null
deb=$(ls -t build/release/lamplighter_*.deb | head -1)
folder=$(mktemp -d "${TMPDIR:-/tmp}/lamplighter-unit.XXXXXX")
root=$folder/root
machine=0
trap 'kill "$machine" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
failed=0
expect() { # what, text that must be in, command …
  local what=$1 text=$2 said
  shift 2
  said=$("$@" 2>&1 || true)
  if grep -q -- "$text" <<<"$said"; then echo "ok    $what"; else
    echo "FAILED: $what"
    echo "$said" | tail -15
    failed=1
  fi
}

mmdebstrap --variant=minbase --include=systemd,systemd-sysv,dbus,procps,curl --quiet bookworm "$root" 2>/dev/null ||
  mmdebstrap --variant=minbase --include=systemd,systemd-sysv,dbus,procps,curl bookworm "$root"
cp "$deb" "$root/lamplighter.deb"
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
chroot "$root" apt-get update -qq
chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends /lamplighter.deb >/dev/null
install -d "$root/etc/lamplighter/secrets"
(umask 077 && echo secret >"$root/etc/lamplighter/secrets/broadworks" && echo graph-secret >"$root/etc/lamplighter/secrets/teams")
cat >"$root/etc/lamplighter/lamplighter.toml" <<'TOML'
[http]
listen = ["127.0.0.1:8080"]
anonymous_role = "viewer"
[[broadworks]]
name = "nowhere"
hosts = ["http://127.0.0.1:9"]
username = "ctiadmin@example.net"
password = "credential:broadworks"
[teams]
tenant = "contoso.onmicrosoft.com"
client_id = "11111111-2222-3333-4444-555555555555"
client_secret = "credential:teams"
login_url = "http://127.0.0.1:9"
graph_url = "http://127.0.0.1:9"
[people]
file = "people.csv"
TOML
printf 'id,name,email,lines,teams,zoom,goto,webex,zoho,folder\nanna@example.net,Anna,anna@example.net,anna@example.net,,,,,,\n' \
  >"$root/etc/lamplighter/people.csv"

systemd-nspawn --quiet --register=no --keep-unit --private-network -b -D "$root" </dev/null >"$folder/boot.log" 2>&1 &
machine=$!
leader=""
for _ in $(seq 150); do
  leader=$(pgrep -P "$machine" -x systemd || true)
  [ -n "$leader" ] && nsenter -t "$leader" -a systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded' && break
  sleep 0.2
done
[ -n "$leader" ] || { echo "FAILED: it did not boot"; tail "$folder/boot.log"; exit 1; }
in_it() { nsenter -t "$leader" -a "$@"; }

expect "not started by its installation" inactive in_it systemctl is-active lamplighter
in_it systemctl start lamplighter || true
expect "started; secrets come from the folder" '^active' in_it systemctl is-active lamplighter
expect "it serves" ok in_it curl -fsS http://127.0.0.1:8080/healthz
expect "Teams is tried with its secret" '"name":"teams"' in_it curl -fsS http://127.0.0.1:8080/v1/status
expect "its state has a database" lamplighter.db in_it ls /var/lib/private/lamplighter
expect "whoever checks by hand finds the secrets, too" 'good' in_it lamplighter check
in_it systemctl reload lamplighter || true
expect "reloaded" 'reloaded' in_it journalctl -u lamplighter --no-pager
in_it sh -c 'kill -9 $(systemctl show -p MainPID --value lamplighter)'
sleep 4
expect "killed, and systemd starts it again" '^active' in_it systemctl is-active lamplighter
expect "once" 'NRestarts=1' in_it systemctl show -p NRestarts lamplighter
in_it systemctl stop lamplighter || true
expect "stopped in good order" 'Result=success' in_it systemctl show -p Result lamplighter
rm "$root/etc/lamplighter/secrets/teams"
in_it systemctl start lamplighter || true
expect "a secret that is missing is named" 'client_secret' in_it journalctl -u lamplighter --no-pager -n 20
expect "and not tried again and again" 'NRestarts=0' in_it systemctl show -p NRestarts lamplighter
in_it systemctl poweroff >/dev/null 2>&1 || true
[ $failed = 0 ] && echo "the unit: passed"
exit $failed
