#!/usr/bin/python3
"""house_readme_test.py BUILD_DIR [--write]: what README.md shows is what the commands say.

Runs every line that begins with "$ " in README.md, in order, in one temporary folder, and compares the
output with the lines behind it. A line "..." stands for any number of lines. With --write the outputs
in README.md are replaced by what the commands say now, cut where a "..." stands at the end.
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


def said(command, build, place):
    environment = dict(os.environ, PATH=os.path.abspath(build) + ":" + os.environ["PATH"])
    run = subprocess.run(command, shell=True, cwd=place, env=environment, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True)
    return run.stdout.splitlines()


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

    def visit(match):
        nonlocal failed, count
        lines = []
        for command, shown in steps(match.group(1)):
            count += 1
            output = said(command, build, place)
            lines += ["$ " + command] + shortened(shown, output)
            if not write and not agrees(shown, output):
                failed += 1
                print("$ %s\nREADME.md shows:\n%s\nthe command says:\n%s"
                      % (command, "\n".join(shown), "\n".join(output)))
        return "```console\n%s\n```" % "\n".join(lines)

    with tempfile.TemporaryDirectory() as place:
        new = BLOCK.sub(visit, text)
    if write:
        with open(README, "w", encoding="utf-8") as file:
            file.write(new)
    print("readme: %d commands, %d differ" % (count, failed))
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
