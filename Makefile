# Makefile: a short door in front of Meson. Everything that does work stands in tools/.
PREFIX ?= /usr/local
DESTDIR ?=
# The system's Python first: meson and python3-jsonschema belong to it, not to a pyenv or a venv.
export PATH := /usr/bin:$(PATH)

.PHONY: all deps check demo bench soak fuzz install deb format clean help

all:            ## build everything into build/ (release)
	@tools/build build

deps:           ## install what is missing through the system's package manager
	@tools/install-dependencies

check: deps     ## all tests and script checks: what CI runs
	@tools/check

demo:           ## make, judge and explain a quote on simulated hardware
	@tools/install-dependencies build
	@tools/build build
	@tools/demo build

bench: all      ## measure against OpenSSL and nginx; writes build/bench.json
	@tools/bench build

soak: all       ## kill, fill, starve and load assayd and its stores for a quarter of an hour
	@tests/with-postgres tests/soak/soak.py build --long
	@ASSAY_KILL_ROUNDS=200 tools/run-tests build --only store_kill --timeout-factor 10

fuzz:           ## each libFuzzer target for FUZZ_SECONDS (default 60) from its corpus
	@tools/fuzz

install: all    ## install under DESTDIR and PREFIX
	@meson configure build -Dprefix='$(PREFIX)'
	@DESTDIR='$(DESTDIR)' meson install -C build

deb: deps       ## Debian packages of assayd and assay, into build-deb/deb/
	@tools/make-deb

format:         ## lay out the sources with clang-format
	@tools/check-format --write

clean:          ## remove every build directory
	@rm -rf build build-asan build-tsan build-fuzz build-deb

help:           ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' Makefile | expand -t 10
