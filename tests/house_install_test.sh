#!/bin/sh
# house_install_test.sh BUILD_DIR: `meson install` puts headers, libraries and pkg-config file in place;
# a program compiles, links (shared and static) and runs with what was installed; and so does the C of
# README.md compile.
set -eu
build=$(realpath "$1")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
DESTDIR=$place meson install -C "$build" --no-rebuild >/dev/null

pc=$(find "$place" -name libassay.pc)
[ -n "$pc" ] || { echo 'libassay.pc is missing'; exit 1; }
export PKG_CONFIG_PATH=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$place
cat >"$place/program.c" <<'C'
#include <assay/assay.h>
#include <stdio.h>
#include <string.h>
int main(void)
{
    puts(assay_version());
    return strcmp(assay_version(), VERSION) != 0;
}
C
version="-DVERSION=\"$(pkg-config --modversion libassay)\""
gcc "$version" "$place/program.c" $(pkg-config --cflags --libs libassay) -o "$place/shared"
LD_LIBRARY_PATH=$(pkg-config --variable=libdir libassay | sed "s|^$place||; s|^|$place|")
export LD_LIBRARY_PATH
"$place/shared" >/dev/null
readelf -d "$place/shared" | grep -q 'NEEDED.*libassay\.so\.0' || { echo 'soname is not libassay.so.0'; exit 1; }
gcc "$version" "$place/program.c" $(pkg-config --cflags libassay) "$LD_LIBRARY_PATH/libassay.a" \
    -ljansson -lcrypto -lpthread -o "$place/static"
"$place/static" >/dev/null
# What fetches is a library of its own, with its own header and pkg-config file; the command finds it.
cat >"$place/fetching.c" <<'C'
#include <assay/fetch.h>
int main(void)
{
    assay_fetch_config config;
    assay_fetch_config_default(&config);
    return config.collateral_count != 1;
}
C
gcc "$place/fetching.c" $(pkg-config --cflags --libs libassay-fetch) -o "$place/fetching"
"$place/fetching"
readelf -d "$place/fetching" | grep -q 'NEEDED.*libassay-fetch\.so\.0' || { echo 'soname is not libassay-fetch.so.0'; exit 1; }
command=$(find "$place" -path '*/bin/assay')
! readelf -d "$command" | grep 'NEEDED.*curl'
AZDCAP_CACHE=$place QCNL_CONF_PATH=$place/none "$command" collateral fetch --fmspc 000000000000 --tee sgx \
    --offline 2>&1 | grep -q fetch_cache_missing || { echo 'assay does not find libassay-fetch'; exit 1; }
# The drop-ins, in a folder of their own, find libassay by themselves.
for name in libsgx_dcap_quoteverify.so.1 libsgx_dcap_qal.so.1 libdcap_quoteprov.so.1; do
    drop_in=$LD_LIBRARY_PATH/assay/compat/$name
    [ -e "$drop_in" ] || { echo "$drop_in is missing"; exit 1; }
    [ ! -e "$LD_LIBRARY_PATH/$name" ] || { echo "$name would replace a vendor's library"; exit 1; }
    ! env -u LD_LIBRARY_PATH ldd "$drop_in" | grep 'not found'
done
sed -n '/^```c$/,/^```$/p' "$(dirname "$0")/../README.md" | grep -v '^```' >"$place/readme.c"
grep -q assay_check "$place/readme.c"
gcc -Wall -Wextra -Werror -c "$place/readme.c" $(pkg-config --cflags libassay) -o "$place/readme.o"
echo 'install: headers, libraries and pkg-config files are usable'
