#!/usr/bin/env python3
"""Holds JSON documents to the schema of their command, and their numbers to their twins.

  json_contract.py [--large N] SCHEMA FILE...    exit status: 0 no fault, 1 a fault, 77 no jsonschema

A FILE is one document, or has one a line. Numbers beyond 2^53 must have a twin, KEY_hex beside KEY (`hex` beside
the `value` of a claim; an object or array of twins beside one of numbers), and every twin is exact: of the number
itself, and of what a reader gets who keeps numbers as doubles. With --large the documents must have at least N
numbers beyond 2^53, so that a test of them tests something."""
import json
import sys

EXACT = 2**53


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class Twins:
    def __init__(self):
        self.faults, self.large = [], 0

    def number(self, exact, double, twin, path):
        large = abs(exact) > EXACT
        self.large += large
        if twin is None:
            if large:
                self.faults.append(f"{path}: {exact} is beyond 2^53 and has no twin")
            return
        if not isinstance(twin, str) or not twin.startswith("0x"):
            self.faults.append(f"{path}: its twin is {twin!r}")
            return
        value = int(twin, 16)
        # A negative number's twin is its two's complement.
        values = [value] + [value - 2**bits for bits in (8, 16, 32, 64) if exact < 0 and value < 2**bits]
        if exact not in values or double not in map(float, values):
            self.faults.append(f"{path}: {exact} has the twin {twin}")

    def walk(self, exact, doubles, twin=None, path="$"):
        if is_number(exact):
            self.number(exact, doubles, twin, path)
        elif isinstance(exact, list):
            for i, item in enumerate(exact):
                self.walk(item, doubles[i], twin[i] if isinstance(twin, list) else None, f"{path}[{i}]")
        elif isinstance(exact, dict):
            for key, value in exact.items():
                name = "hex" if key == "value" and "hex" in exact else key + "_hex"
                beside = exact.get(name, twin.get(key) if isinstance(twin, dict) else None)
                if name in exact and value is None and beside is not None:
                    self.faults.append(f"{path}.{name}: it is the twin of null")
                self.walk(value, doubles[key], beside, f"{path}.{key}")
                if key.endswith("_hex") and key[:-4] not in exact:
                    self.faults.append(f"{path}.{key}: it is the twin of nothing")


def documents(text):
    try:
        return [(json.loads(text), json.loads(text, parse_int=float))]
    except ValueError:
        return [(json.loads(line), json.loads(line, parse_int=float)) for line in text.splitlines()]


def main(arguments):
    try:
        import jsonschema
    except ImportError:
        print("python3-jsonschema is not installed")
        return 77
    least = 0
    if arguments[0] == "--large":
        least, arguments = int(arguments[1]), arguments[2:]
    with open(arguments[0]) as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    twins, faults, count = Twins(), [], 0
    for name in arguments[1:]:
        with open(name) as file:
            text = file.read()
        try:
            found = documents(text)
        except ValueError as error:
            faults.append(f"{name}: no JSON: {error}")
            continue
        count += len(found)
        for exact, doubles in found:
            for error in list(validator.iter_errors(exact))[:5]:
                faults.append(f"{name}: {list(error.absolute_path)}: {error.message[:300]}")
            if list(exact)[:1] != ["version"]:
                faults.append(f"{name}: it does not begin with a version")
            twins.faults = []
            twins.walk(exact, doubles)
            faults += [f"{name}: {fault}" for fault in twins.faults[:5]]
    if count < len(arguments) - 1:
        faults.append("a file has no document")
    if twins.large < least:
        faults.append(f"{twins.large} numbers beyond 2^53, not {least}")
    for fault in faults[:20]:
        print(f"{arguments[0].rsplit('/', 1)[-1]}: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
