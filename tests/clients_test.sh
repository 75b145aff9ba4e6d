#!/bin/sh
# clients_test.sh BUILD_DIR: each dialect, signed by each algorithm, is verified by JWT clients that
# others wrote (npm: jose, jsonwebtoken) with the exported key set, and refused when changed. Exit code
# 77 when the clients are not installed.
set -u
build=$(realpath "${1:-build}")
clients=$(realpath "$(dirname "$0")")/clients
if ! node -e 'process.exit(Number(parseInt(process.versions.node) < 20))' 2>/dev/null || ! [ -d "$clients/node_modules/jose" ] ||
    ! [ -d "$clients/node_modules/jsonwebtoken" ]; then
    echo 'clients: node 20 or the packages are missing; run: tools/install-dependencies check'
    exit 77
fi
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
PATH=$build:$PATH
cd "$place" || exit 4

must() {
    "$@" || { echo "clients: this failed: $*"; exit 1; }
}

must assay-sim vendor new --profile tdx-v5 --out td >/dev/null 2>&1
must assay policy new --from td/quote.bin --output policy.json
failed=0
for algorithm in ES256 ES384 RS256 PS384; do
    must assay key new --alg $algorithm --output $algorithm.pem >/dev/null
    must assay key jwks $algorithm.pem >$algorithm.jwks
    for dialect in qal qal-guide ear ear-legacy ita maa oidc; do
        must assay appraise --quote td/quote.bin --collateral td --root td/root.pem \
            --policy policy.json --unsigned-policy --key $algorithm.pem --alg $algorithm \
            --dialect $dialect --audience relying-party >$dialect.$algorithm 2>messages
    done
    node "$clients/verify.mjs" $algorithm.jwks $algorithm ./*.$algorithm || failed=1
done
exit $failed
