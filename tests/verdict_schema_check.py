#!/usr/bin/python3
"""verdict_schema_check.py SCHEMA LINES: every line of the file LINES is a document of SCHEMA.

Exit code 77, with a message, when python3-jsonschema is not installed.
"""
import json
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    lines = wrong = 0
    with open(sys.argv[2], encoding="utf-8") as file:
        for line in file:
            lines += 1
            for error in validator.iter_errors(json.loads(line)):
                wrong += 1
                print("line %d: %s" % (lines, error.message[:400]))
    print("%d documents, %d wrong" % (lines, wrong))
    return 1 if wrong or lines == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
