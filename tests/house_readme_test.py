#!/usr/bin/python3
"""house_readme_test.py BUILD_DIR [--write]: what README.md shows is what the commands say.

Runs every line that begins with "$ " in README.md, in order, in one temporary folder, and compares the
output with the lines behind it. A line "..." stands for any number of lines. "export NAME=VALUE" holds for
what follows. A command that ends with "&" goes on until the end of the test; its first line on standard
output is compared. With --write the
outputs in README.md are replaced by what the commands say now, cut where a "..." stands at the end.
"""
import os
import re
import subprocess
import sys
import tempfile

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../README.md")
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps(block):
    """[(command, shown lines)] of one block."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def environment_of(build, place):
    """A newcomer's: the build in the PATH, a home of its own. A newcomer is not root, whom assayd
    refuses: for root it is told that this is meant."""
    shims = os.path.join(place, ".bin")
    os.makedirs(shims, exist_ok=True)
    if os.geteuid() == 0:
        with open(os.path.join(shims, "assayd"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n[ \"$1\" = --config ] && set -- --allow-root \"$@\"\nexec %s \"$@\"\n"
                       % os.path.join(os.path.abspath(build), "assayd"))
        os.chmod(file.name, 0o755)
    path = ":".join([shims, os.path.abspath(build), os.environ["PATH"]])
    return dict(os.environ, PATH=path, HOME=place, XDG_CACHE_HOME=os.path.join(place, ".cache"))


def said(command, place, environment, children):
    run = {"shell": True, "cwd": place, "env": environment, "text": True}
    if command.startswith("export "):
        environment.update(word.split("=", 1) for word in command.split()[1:])
        return []
    if command.endswith("&"):
        with open(os.path.join(place, ".log"), "a", encoding="utf-8") as log:
            child = subprocess.Popen("exec env " + command[:-1], stdout=subprocess.PIPE, stderr=log, **run)
        children.append(child)
        return child.stdout.readline().splitlines()
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          **run).stdout.splitlines()


def end(children):
    for child in reversed(children):
        child.terminate()
        child.wait()


def agrees(shown, output):
    """Compares, with "..." as any number of lines."""
    pattern = "".join(r"(.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in shown)
    return re.fullmatch(pattern, "".join(line + "\n" for line in output)) is not None


def shortened(shown, output):
    if shown and shown[-1] == "...":
        return output[:len(shown) - 1] + ["..."]
    return output


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    write = "--write" in sys.argv
    with open(README, encoding="utf-8") as file:
        text = file.read()
    failed = count = 0
    children = []

    def visit(match):
        nonlocal failed, count
        lines = []
        for command, shown in steps(match.group(1)):
            count += 1
            output = said(command, place, environment, children)
            lines += ["$ " + command] + shortened(shown, output)
            if not write and not agrees(shown, output):
                failed += 1
                print("$ %s\nREADME.md shows:\n%s\nthe command says:\n%s"
                      % (command, "\n".join(shown), "\n".join(output)))
        return "```console\n%s\n```" % "\n".join(lines)

    with tempfile.TemporaryDirectory() as place:
        environment = environment_of(build, place)
        try:
            new = BLOCK.sub(visit, text)
        finally:
            end(children)
    if write:
        with open(README, "w", encoding="utf-8") as file:
            file.write(new)
    print("readme: %d commands, %d differ" % (count, failed))
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
