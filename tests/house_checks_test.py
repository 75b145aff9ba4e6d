#!/usr/bin/python3
"""house_checks_test.py: the script checks of tools/ can fail. Each row breaks one rule in a small
sound tree and names what the check must say; the sound tree itself must pass them all."""
import importlib.machinery
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))

SOUND = {
    "include/assay/base.h": "#include <stddef.h>\n"
                            "#define ASSAY_API __attribute__((visibility(\"default\")))\n"
                            "ASSAY_API size_t assay_size(void);\n",
    "src/base/size.c": '#include "assay/base.h"\n\nsize_t assay_size(void)\n{\n    return 1;\n}\n',
    "src/wire/syntax.c": '#include <jansson.h>\n\n#include "base/span.h"\n',
    "src/crypto/digest.c": "#include <openssl/evp.h>\n",
    "src/cmd/main.c": '#include <unistd.h>\n\n#include "assay/assay.h"\n#include "cmd/verbs.h"\n',
    "tests/empty.c": "", "fuzz/empty.c": "", "bench/empty.c": "",
    "man/page.1": ".Dd $Mdocdate$\n.Dt PAGE 1\n.Os\n.Sh NAME\n.Nm page\n.Nd a page\n",
}
FUNCTION = "void f(void)\n{\n%s}\n"
SOUND["src/base/long.c"] = FUNCTION % ("    ;\n" * 58)

# (what, check, file, new text, what the check must say)
BROKEN = [
    ("a room below includes one above it in the flow", "layers", "src/base/size.c",
     '#include "wire/der.h"\n', "room wire comes after base"),
    ("a room includes a later public header", "layers", "src/wire/syntax.c",
     '#include "assay/verify.h"\n', "room verify comes after wire"),
    ("OpenSSL outside its room", "layers", "src/wire/syntax.c",
     "#include <openssl/evp.h>\n", "belongs to crypto"),
    ("jansson outside its room", "layers", "src/crypto/digest.c",
     "#include <jansson.h>\n", "belongs to wire"),
    ("a system header in the core", "layers", "src/base/size.c",
     "#include <unistd.h>\n", "neither standard C nor owned"),
    ("the command looks inside the library", "layers", "src/cmd/main.c",
     '#include "base/span.h"\n', "is not public"),
    ("a public header shows the inside", "layers", "include/assay/base.h",
     '#include "base/span.h"\n', "is not public"),
    ("a room that nobody listed", "layers", "src/util/size.c", "", "room util is not in"),
    ("a header that needs another before it", "headers", "include/assay/base.h",
     "size_t assay_size(void);\n", "does not compile alone"),
    ("a header that is not C++", "headers", "include/assay/base.h",
     "int assay_size(int class);\n", "with g++"),
    ("a header that is not C99", "headers", "include/assay/base.h",
     "_Static_assert(1, \"\");\n", "with gcc -std=c99"),
    ("a function of 61 lines", "sizes", "src/base/size.c",
     FUNCTION % ("    ;\n" * 59), "function of 61 lines"),
    ("a file of 501 lines", "sizes", "src/base/size.c", "\n" * 501, "501 lines, at most 500"),
    ("a public header of 251 lines", "sizes", "include/assay/base.h", "\n" * 251,
     "251 lines, at most 250"),
    ("another layout", "format", "src/base/size.c", "int  a;\n", "size.c: not as clang-format"),
    ("a manual page with an unknown macro", "manual", "man/page.1",
     SOUND["man/page.1"] + ".Xyz\n", "unknown macro"),
    ("an export without a declaration", "exports", "src/base/size.c",
     SOUND["src/base/size.c"] + "int assay_more(void);\nint assay_more(void)\n{\n    return 1;\n}\n",
     "assay_more is exported and not declared"),
    ("a declaration without an export", "exports", "include/assay/base.h",
     SOUND["include/assay/base.h"] + "ASSAY_API int assay_less(void);\n",
     "assay_less is declared and not exported"),
    ("a clock in the core", "purity", "src/base/size.c",
     "long time(long *);\nlong f(void);\nlong f(void)\n{\n    return time(0);\n}\n", "uses time"),
    ("an allocation in a pure room", "purity", "src/base/size.c",
     "void *malloc(unsigned long);\nvoid *f(void);\nvoid *f(void)\n{\n    return malloc(5);\n}\n",
     "uses malloc"),
    ("the environment in the room of OpenSSL", "purity", "src/crypto/digest.c",
     "char *getenv(const char *);\nchar *f(void);\nchar *f(void)\n{\n    return getenv(\"A\");\n}\n",
     "uses getenv"),
]

# (what, output, exit code, passed, failed, skipped)
TAP = [
    ("all pass", "1..2\nok 1 - a\nok 2 - b\n", 0, 2, 0, 0),
    ("one fails", "1..2\nok 1 - a\nnot ok 2 - b\n# not ok - group\n", 1, 1, 1, 0),
    ("cmocka skips", "1..2\nok 1 - a\nnot ok 2 # SKIP b\n", 0, 1, 0, 1),
    ("newer cmocka skips", "1..1\nok 1 # SKIP b\n", 0, 0, 0, 1),
    ("the whole plan is skipped", "1..0 # SKIP no vectors\n", 0, 0, 0, 1),
    ("a crash loses the points behind it", "1..3\nok 1 - a\n", -11, 1, 2, 0),
    ("a crash behind the last point", "1..1\nok 1 - a\n", -6, 1, 1, 0),
    ("a leak found at exit", "1..1\nok 1 - a\n", 23, 1, 1, 0),
    ("silence", "", 0, 0, 1, 0),
    ("two groups in one program", "1..1\nok 1 - a\n1..2\nok 1 - b\nok 2 - c\n", 0, 3, 0, 0),
]


def lay(tree, files):
    shutil.copytree(os.path.join(ROOT, "tools"), os.path.join(tree, "tools"))
    shutil.copy(os.path.join(ROOT, ".clang-format"), tree)
    for path, text in files.items():
        os.makedirs(os.path.dirname(os.path.join(tree, path)), exist_ok=True)
        with open(os.path.join(tree, path), "w", encoding="utf-8") as file:
            file.write(text)
    rules = os.path.join(tree, "tools/purity.txt")
    with open(rules, encoding="utf-8") as file:
        rows = [row for row in file if not row.startswith("object")
                or row.split()[1] in ("base/*", "crypto/*")]
    with open(rules, "w", encoding="utf-8") as file:
        file.writelines(rows)


def compile_tree(tree):
    """What exports and purity look at, as Meson would lay it into build/."""
    def gcc(*words):
        subprocess.run(["gcc", "-fPIC", "-w", "-Iinclude", *words], cwd=tree, check=True)
    for room, name in (("base", "size"), ("crypto", "digest")):
        folder = "build/src/%s/lib%s.a.p" % (room, room)
        os.makedirs(os.path.join(tree, folder))
        gcc("-c", "src/%s/%s.c" % (room, name), "-o", "%s/%s.c.o" % (folder, name))
    gcc("-shared", "src/base/size.c", "-o", "build/libassay.so")
    for name in ("appraise", "fetch"):
        gcc("-shared", "-x", "c", "/dev/null", "-o", "build/libassay-%s.so" % name)
    subprocess.run(["ar", "rc", "build/libassay.a", "build/src/base/libbase.a.p/size.c.o"], cwd=tree,
                   check=True)


def check(tree, name):
    if name in ("exports", "purity"):
        compile_tree(tree)
    run = subprocess.run([os.path.join(tree, "tools/check-" + name)], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True)
    return run.returncode, run.stdout


def broken_rows():
    for what, name, path, text, says in BROKEN:
        with tempfile.TemporaryDirectory() as tree:
            lay(tree, dict(SOUND, **{path: text}))
            code, output = check(tree, name)
        yield "%s: %s" % (name, what), code == 77 or (code != 0 and says in output), output


def sound_rows():
    for name in ("layers", "headers", "format", "sizes", "manual", "exports", "purity"):
        with tempfile.TemporaryDirectory() as tree:
            lay(tree, SOUND)
            code, output = check(tree, name)
        yield "%s: the sound tree passes" % name, code in (0, 77), output


def tap_rows():
    loader = importlib.machinery.SourceFileLoader("run_tests", os.path.join(ROOT, "tools/run-tests"))
    sys.dont_write_bytecode = True
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_tests", loader))
    loader.exec_module(module)
    for what, text, code, *wanted in TAP:
        got = module.count_tap(text, code)
        yield "run-tests: %s" % what, list(got[:3]) == wanted, str(got)


def main():
    failed = 0
    rows = list(tap_rows()) + list(sound_rows()) + list(broken_rows())
    print("1..%d" % len(rows))
    for number, (what, holds, output) in enumerate(rows, 1):
        print("%s %d - %s" % ("ok" if holds else "not ok", number, what))
        if not holds:
            failed += 1
            print(re.sub(r"^", "# ", output, flags=re.MULTILINE))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
