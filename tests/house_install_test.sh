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
    -lcjose -ljansson -lcrypto -lpthread -o "$place/static"
"$place/static" >/dev/null
sed -n '/^```c$/,/^```$/p' "$(dirname "$0")/../README.md" | grep -v '^```' >"$place/readme.c"
grep -q assay_check "$place/readme.c"
gcc -Wall -Wextra -Werror -c "$place/readme.c" $(pkg-config --cflags libassay) -o "$place/readme.o"
echo 'install: headers, libassay.so.0, libassay.a and libassay.pc are usable'
