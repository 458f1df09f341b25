#!/usr/bin/env bash
# The package's whole life under a real systemd, in a minimal Debian 12 that systemd-nspawn boots: installed, started with
# secrets from /etc/lamplighter/secrets, reloaded, killed, hung and restarted by the watchdog, upgraded with its state,
# made a house of two tenants, removed, purged. Needs root and about two minutes; no part of CI.
#     tests/acceptance/package_in_systemd.sh
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
[ "$(id -u)" = 0 ] || { echo "package_in_systemd.sh needs root" >&2; exit 1; }
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
echo graph-secret >"$root/etc/lamplighter/secrets/teams"

# --- a loop that stands still
install -d "$root/etc/systemd/system/lamplighter.service.d"
printf '[Service]\nWatchdogSec=3s\n' >"$root/etc/systemd/system/lamplighter.service.d/watchdog.conf"
in_it systemctl daemon-reload
in_it systemctl restart lamplighter || true
main_pid() { in_it systemctl show -p MainPID --value lamplighter; }
hung=$(main_pid)
in_it kill -STOP "$hung"
for _ in $(seq 300); do
  now=$(main_pid)
  [ "$now" != "$hung" ] && [ "$now" != 0 ] && in_it systemctl -q is-active lamplighter && break
  sleep 0.2
done
expect "hung, and the watchdog has it started again" '^active' in_it systemctl is-active lamplighter
expect "because of the watchdog" 'Watchdog timeout' in_it journalctl -u lamplighter --no-pager
rm -r "$root/etc/systemd/system/lamplighter.service.d"
in_it systemctl daemon-reload

# --- an upgrade: the next version, while it runs
dpkg-deb -R "$root/lamplighter.deb" "$folder/next"
sed -i 's/^Version: .*/&+next/' "$folder/next/DEBIAN/control"
dpkg-deb -b "$folder/next" "$root/next.deb" >/dev/null
printf '# ours\n' >>"$root/etc/lamplighter/lamplighter.toml"
before=$(main_pid)
state() { in_it sh -c 'stat -c %i /var/lib/private/lamplighter/lamplighter.db'; }
kept=$(state)
in_it env DEBIAN_FRONTEND=noninteractive dpkg -i /next.deb >"$folder/upgrade.log" 2>&1 || { cat "$folder/upgrade.log"; failed=1; }
expect "upgraded" '+next' in_it dpkg-query -W -f '${Version}' lamplighter
for _ in $(seq 100); do [ "$(main_pid)" != "$before" ] && in_it systemctl -q is-active lamplighter && break; sleep 0.2; done
expect "an upgrade restarts what runs" '^active' in_it systemctl is-active lamplighter
[ "$(main_pid)" != "$before" ] && echo "ok    by the new program" || { echo "FAILED: the old program still runs"; failed=1; }
[ "$(state)" = "$kept" ] && echo "ok    on the same database" || { echo "FAILED: the database is another one"; failed=1; }
expect "the administrator's configuration stays" '^# ours' in_it cat /etc/lamplighter/lamplighter.toml
expect "it serves again" ok in_it curl -fsS --retry 20 --retry-delay 1 --retry-connrefused http://127.0.0.1:8080/healthz
in_it sh -c 'cd /root && lamplighter support-bundle --out /root/bundle.tar.gz' >/dev/null || true
expect "a support bundle holds the journal" 'listening' in_it sh -c 'tar -xzOf /root/bundle.tar.gz lamplighter-support/journal.txt'

# --- several tenants in one service, each with secrets of its own
in_it systemctl stop lamplighter || true
install -d "$root/etc/systemd/system/lamplighter.service.d"
cp "$root/usr/share/doc/lamplighter/tenants.conf" "$root/etc/systemd/system/lamplighter.service.d/"
mv "$root/etc/lamplighter/lamplighter.toml" "$root/etc/lamplighter/single.toml"
port=8080
for tenant in acme beta; do
  install -d "$root/etc/lamplighter/$tenant" "$root/etc/lamplighter/secrets/$tenant"
  cp "$root/etc/lamplighter/people.csv" "$root/etc/lamplighter/$tenant/"
  cp "$root/etc/lamplighter/secrets/"{broadworks,teams} "$root/etc/lamplighter/secrets/$tenant/"
  sed "s|127.0.0.1:8080|127.0.0.1:$((++port))|; 1i [daemon]\nstate_dir = \"/var/lib/lamplighter/$tenant\"" \
    "$root/etc/lamplighter/single.toml" >"$root/etc/lamplighter/$tenant/lamplighter.toml"
  printf '[[tenant]]\nname = "%s"\nconfig = "%s/lamplighter.toml"\nmemory_max = "1G"\n' $tenant $tenant >>"$root/etc/lamplighter/lamplighter.toml"
done
in_it systemctl daemon-reload
in_it systemctl start lamplighter || true
expect "a house of two tenants is started" '2 of 2 tenants ready' in_it systemctl show -p StatusText lamplighter
expect "each serves at its own address" '^2$' in_it sh -c 'curl -fsS http://127.0.0.1:8081/healthz http://127.0.0.1:8082/healthz | grep -c ok'
expect "each with its own database" lamplighter.db in_it ls /var/lib/private/lamplighter/beta
process_of() { in_it pgrep -f "config /etc/lamplighter/$1/lamplighter.toml"; }
rm -r "$root/etc/lamplighter/secrets/beta"
in_it systemctl restart lamplighter || true
expect "a secret that beta has not is not taken from acme" 'client_secret' in_it journalctl -u lamplighter --no-pager -n 60
expect "and does not hold acme back" '1 of 2 tenants ready' in_it systemctl show -p StatusText lamplighter
install -d "$root/etc/lamplighter/secrets/beta"
cp "$root/etc/lamplighter/secrets/"{broadworks,teams} "$root/etc/lamplighter/secrets/beta/"
in_it systemctl restart lamplighter || true
kept=$(process_of beta)
in_it kill -9 "$(process_of acme)"
for _ in $(seq 100); do in_it systemctl show -p StatusText lamplighter | grep -q '2 of 2' && in_it curl -fsS http://127.0.0.1:8081/healthz >/dev/null 2>&1 && break; sleep 0.2; done
expect "a tenant that is killed is started again" '2 of 2 tenants ready' in_it systemctl show -p StatusText lamplighter
[ "$(process_of beta)" = "$kept" ] && echo "ok    alone" || { echo "FAILED: its neighbour was started again, too"; failed=1; }
expect "and not by systemd" 'NRestarts=0' in_it systemctl show -p NRestarts lamplighter
in_it systemctl stop lamplighter || true
expect "both end in good order" 'Result=success' in_it systemctl show -p Result lamplighter
in_it pgrep -x lamplighter >/dev/null && { echo "FAILED: a tenant outlives the service"; failed=1; }
rm -r "$root/etc/systemd/system/lamplighter.service.d" "$root/etc/lamplighter/"{acme,beta} "$root/etc/lamplighter/secrets/"{acme,beta}
mv "$root/etc/lamplighter/single.toml" "$root/etc/lamplighter/lamplighter.toml"
in_it systemctl daemon-reload

# --- a database from the future
in_it systemctl stop lamplighter || true
python3 -c "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('PRAGMA user_version=9999'); db.commit()" \
  "$root/var/lib/private/lamplighter/lamplighter.db"
in_it systemctl start lamplighter || true
expect "a database of a newer version is refused in words" 'was written by a newer Lamplighter' in_it journalctl -u lamplighter --no-pager -n 30
in_it systemctl stop lamplighter || true

# --- its end
in_it systemctl enable -q lamplighter 2>/dev/null || true
in_it systemctl reset-failed lamplighter 2>/dev/null || true
in_it env DEBIAN_FRONTEND=noninteractive dpkg -r lamplighter >/dev/null 2>&1 || { echo "FAILED: dpkg -r"; failed=1; }
expect "removed, its configuration stays" lamplighter.toml in_it ls /etc/lamplighter
expect "and its state" lamplighter.db in_it ls /var/lib/private/lamplighter
expect "nothing of it runs" '^inactive\|^failed\|could not be found\|not-found' in_it sh -c 'systemctl is-active lamplighter; true'
in_it env DEBIAN_FRONTEND=noninteractive dpkg -P lamplighter >/dev/null 2>&1 || { echo "FAILED: dpkg -P"; failed=1; }
left=$(in_it sh -c 'find /etc/lamplighter /var/lib/private/lamplighter /var/lib/lamplighter /usr/share/lamplighter \
  /etc/systemd/system/multi-user.target.wants/lamplighter.service ! -type d 2>/dev/null' || true)
[ "$left" = /etc/lamplighter/people.csv ] && echo "ok    purged, nothing is left but what the administrator brought" ||
  { echo "FAILED: purged, and there is still: $left"; failed=1; }
in_it systemctl poweroff >/dev/null 2>&1 || true
[ $failed = 0 ] && echo "the package in systemd: passed"
exit $failed
