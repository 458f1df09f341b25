#!/usr/bin/env bash
# The Debian package as it would be installed: builds it and looks inside. Needs dpkg-dev, file, lintian, systemd.
#     package_test.sh BUILD_FOLDER
set -euo pipefail
build=$1
folder=$(mktemp -d "${TMPDIR:-/tmp}/lamplighter-package.XXXXXX")
trap 'rm -rf "$folder"' EXIT
failed=0
complain() { printf 'FAILED: %s\n' "$*"; failed=1; }
same() { diff -u --label expected <(printf '%s\n' "$2") --label found <(printf '%s\n' "$3") || complain "$1"; }

(cd "$build" && cpack -G DEB -B "$folder/out") >"$folder/cpack.log" 2>&1 || { cat "$folder/cpack.log"; exit 1; }
deb=$(echo "$folder"/out/lamplighter_*_*.deb)
[ -f "$deb" ] || { echo "FAILED: no package was made"; exit 1; }
root=$folder/root
dpkg-deb -R "$deb" "$root"

same "the files of the package" "./etc/lamplighter/lamplighter.toml
./lib/systemd/system/lamplighter.service
./usr/bin/lamplighter
./usr/share/bash-completion/completions/lamplighter
./usr/share/doc/lamplighter/CHANGELOG.md
./usr/share/doc/lamplighter/README.md
./usr/share/doc/lamplighter/changelog.gz
./usr/share/doc/lamplighter/configuration.md
./usr/share/doc/lamplighter/copyright
./usr/share/doc/lamplighter/house.toml
./usr/share/doc/lamplighter/systemd.md
./usr/share/doc/lamplighter/tenants.conf
./usr/share/lamplighter/grafana/lamplighter.json
./usr/share/lamplighter/prometheus/lamplighter.rules.yml
./usr/share/lintian/overrides/lamplighter
./usr/share/man/man8/lamplighter.8.gz" "$(cd "$root" && find . -path ./DEBIAN -prune -o -type f -print | LC_ALL=C sort)"
same "the configuration belongs to the administrator" /etc/lamplighter/lamplighter.toml "$(cat "$root/DEBIAN/conffiles")"
same "only root reads secrets" "700" "$(stat -c %a "$root/etc/lamplighter/secrets")"
for library in libc6 libssl3 libxml2 libsystemd0 libboost-json1.81.0; do
  dpkg-deb -f "$deb" Depends | grep -qw "$library" || complain "no dependency on $library"
done

program=$root/usr/bin/lamplighter
same "the version" "lamplighter $(dpkg-deb -f "$deb" Version)" "$("$program" --version)"
"$program" check --config "$root/etc/lamplighter/lamplighter.toml" || complain "the configuration as delivered has mistakes"
# The manual tells of every command, and of none that is not there.
same "the manual's commands" "$("$program" help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' | LC_ALL=C sort -u)" \
  "$(zcat "$root/usr/share/man/man8/lamplighter.8.gz" | sed -n '/^\.SH COMMANDS/,/^\.SH OPTIONS/p' | sed 's/\\-/-/g' |
    sed -n 's/^\.B \([a-z][a-z-]*\)\( .*\)\?$/\1/p' | LC_ALL=C sort -u)"

man --warnings -l "$root/usr/share/man/man8/lamplighter.8.gz" >/dev/null 2>"$folder/man.log" || complain "the manual: $(cat "$folder/man.log")"
same "the manual's warnings" "" "$(cat "$folder/man.log")"
same "the shell completes what this program knows" "$("$program" completion bash)" \
  "$(cat "$root/usr/share/bash-completion/completions/lamplighter")"

unit=$folder/lamplighter.service
sed "s|/usr/bin/lamplighter|$program|" "$root/lib/systemd/system/lamplighter.service" >"$unit"
same "systemd-analyze verify" "" "$(systemd-analyze verify "$unit" 2>&1)"
for script in postinst prerm postrm; do
  sh -n "$root/DEBIAN/$script" || complain "$script"
  if grep -nE '^[^#]*(enable|[a-z]ctl.* start|-invoke start)' "$root/DEBIAN/$script"; then complain "$script starts the service"; fi
done
lintian --allow-root --fail-on error,warning "$deb" || complain "lintian"
[ $failed = 0 ] && echo "the package is good: $(stat -c %s "$deb") bytes"
exit $failed
