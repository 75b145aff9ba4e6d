#!/bin/sh
# house_compat_test.sh BUILD_DIR: after `meson install`, one folder in the PATH makes the command lines of
# the guide run, with the installed policies.
set -eu
build=$(realpath "$1")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
DESTDIR=$place meson install -C "$build" --no-rebuild >/dev/null

tools=$(dirname "$(find "$place" -name verifier)")
LD_LIBRARY_PATH=$(dirname "$(find "$place" -name libassay.so)")
export LD_LIBRARY_PATH PATH="$tools:$PATH" XDG_STATE_HOME="$place/state"
[ "$(ls "$tools" | tr '\n' ' ')" = 'assay-compat relying_party tee_appraisal_tool verifier ' ] ||
    { echo "in $tools: $(ls "$tools")"; exit 1; }
[ "$(ls "$tools/../../../share/assay/policies" | grep -c '\.json$')" = 13 ] ||
    { echo 'share/assay/policies does not hold 13 policies'; exit 1; }

cd "$place"
export ASSAY_COLLATERAL=td ASSAY_ROOT=td/root.pem ASSAY_AT=2026-06-01T12:00:00Z
"$build/assay-sim" vendor new --profile tdx-v4 --at $ASSAY_AT --out td 2>/dev/null
cp td/quote.bin quote.dat
overall=$(verifier -quote quote.dat 2>said | relying_party -v | grep "json payload" | awk -F 'payload:' '{print $2}' | jq '.[0].result.overall_appraisal_result')
[ "$overall" = 1 ] || { echo "the overall result is $overall, want 1"; cat said; exit 1; }
grep -q "$place/state/assay/tenant_td_policy.jwt" said || { cat said; exit 1; }
echo 'compat: the command lines of the guide run with what was installed'
