#!/bin/bash
# house_deb_test.sh [BUILD_DIR]: `make deb` builds packages that hold what they should; taken out of
# them, assayd runs with its configuration, and the unit files are sound. Skipped (77) where the tools
# of Debian are missing.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build-deb}
output=$(tools/make-deb "$build" 2>&1) || {
    code=$?
    printf '%s\n' "$output" | tail -n 40
    exit $code
}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

complain() {
    echo "deb: $*"
    exit 1
}

for package in assayd assay; do
    file=$(echo "$build"/deb/"$package"_*.deb)
    dpkg-deb -x "$file" "$root"
    dpkg-deb -e "$file" "$root/control-$package"
    dpkg-deb -f "$file" Depends | grep -q libc6 || complain "$package depends on nothing"
    (cd "$root" && md5sum --quiet -c "control-$package/md5sums") || complain "$package: md5sums differ"
done
for script in "$root"/control-assayd/{postinst,prerm,postrm}; do
    sh -n "$script"
done

for path in usr/sbin/assayd usr/bin/assay etc/assayd/assayd.conf usr/lib/sysusers.d/assayd.conf \
    usr/lib/systemd/system/assayd.{service,socket} usr/share/man/man8/assayd.8 \
    usr/share/man/man5/assayd.conf.5 usr/share/man/man1/assay-admin.1; do
    [ -e "$root/$path" ] || complain "no $path in the packages"
done
[ "$(stat -c %a "$root/etc/assayd/assayd.conf")" = 640 ] || complain 'others may read assayd.conf'
grep -qx /etc/assayd/assayd.conf "$root/control-assayd/conffiles" || complain 'no conffile'

"$root/usr/sbin/assayd" --version >/dev/null
"$root/usr/sbin/assayd" check-config --config "$root/etc/assayd/assayd.conf" >/dev/null
libraries=$(dirname "$(find "$root/usr/lib" -name 'libassay.so.*' | head -n 1)")
LD_LIBRARY_PATH=$libraries "$root/usr/bin/assay" admin --help >/dev/null

if command -v systemd-analyze >/dev/null; then
    for unit in assayd.service assayd.socket assayd-admin.socket; do
        sed "s|/usr/sbin/assayd|$root/usr/sbin/assayd|; s|/bin/kill|$(type -P kill)|" \
            "$root/usr/lib/systemd/system/$unit" >"$root/$unit"
    done
    found=$(systemd-analyze verify --man=no "$root/assayd.service" "$root/assayd.socket" \
        "$root/assayd-admin.socket" 2>&1 || true)
    [ -z "$found" ] || complain "$found"
    systemd-analyze security --offline=true --threshold=20 --no-pager \
        "$root/assayd.service" >"$root/security" 2>&1 ||
        complain "the unit is exposed: $(tail -n 1 "$root/security")"
fi
ls -1 "$build"/deb/*.deb | wc -l | sed 's/$/ packages, sound/'
