#!/usr/bin/env python3
"""front_order.py BUILD [SOURCE]: prints a linker script that puts what a start of the front uses on few pages.

BUILD, made by make, holds a front that was built with musl. It is linked once more in such a way that each string stays in its
file's own section, where the linker would keep one of all that are equal. Valgrind's lackey tells which addresses the commands
below read, write and execute, but not what system calls read: short strings go with their function; the map of the link tells of which file and section each is. Linux maps sixteen pages at a page fault, so
what counts is how many such windows a command uses: first is what several commands use, then what each uses by itself, with
what two neighbours share between them, then tables that a command reads little of. A section that the list does not name, or
no longer names rightly, is only where the linker puts it anyway.
"""
import bisect
import collections
import os
import re
import subprocess
import sys
import tempfile

# Name of the group, and its commands.
GROUPS = [
    ("start", ["--version"]),
    ("build", ["build hello.hex -o out.hex", "build --from raw raw -o out.raw", "build hello.o -o out.object",
               "build hello.o -o out.object"]),
    ("assemble", ["build hello.s -o out.source", "build hello.s -o out.source"]),
    ("encode", ["encode mov rax,1"]),
    ("syscall", ["syscall write"]),
    ("dump", ["dump hello", "dump -s hello.o"]),
    ("check", ["check hello", "check refused"]),
]
LARGE = 4096  # a larger array that starts as zeros is used in part
TABLE = 6144  # a larger one of constants may be used in part
SHORT = 128  # strings of a function
SMALL = 256  # a section of two groups that anybody may have at hand
WINDOW = 65536


def read_map(path):
    """Sections of input files in memory: (address, size, section, file), sorted."""
    sections, name, begun = [], None, False
    for line in open(path):
        line = line.rstrip("\n")
        begun = begun or line.startswith("Linker script and memory map")
        alone = re.match(r" (\.\S+|COMMON)$", line)
        if alone:
            name = alone.group(1)
            continue
        row = re.match(r" (\.\S+|COMMON)?\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+(\S.*)$", line)
        if begun and row and (row.group(1) or name):
            address, size = int(row.group(2), 16), int(row.group(3), 16)
            if address and size:
                sections.append((address, size, row.group(1) or name, row.group(4)))
        name = None
    return sorted(sections)


def link(build, folder):
    """Links the front with sections of strings that are not merged. Returns the program and its map."""
    words = open(build + "/elfgen/tinyelf/CMakeFiles/tinyelf.dir/link.txt").read().split()
    front, listing = folder + "/front", folder + "/front.map"
    for i, word in enumerate(words):
        path = os.path.join(build, "elfgen/tinyelf", word)
        if words[i - 1] == "-o":
            words[i] = front
        elif "-Map," in word:
            words[i] = "-Wl,-Map," + listing
        elif re.search(r"\.[ao]$", word) and not word.startswith("-"):
            words[i] = "%s/%d/%s" % (folder, i, os.path.basename(word))
            os.mkdir("%s/%d" % (folder, i))
            subprocess.run(["objcopy", "--set-section-flags", ".rodata*.str1.*=alloc,readonly,data,contents", path, words[i]],
                           check=True)
    subprocess.run(words, check=True, cwd=build + "/elfgen/tinyelf")
    return front, listing


def touched(front, words, folder):
    """Addresses that a command uses."""
    log = os.path.join(folder, "lackey")
    subprocess.run(["valgrind", "--tool=lackey", "--trace-mem=yes", "--log-file=" + log, front] + words, cwd=folder,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return {int(line.split()[1].split(",")[0], 16) for line in open(log) if re.match(r"(I | L| S| M)", line)}


def kind_of(section):
    kind = re.match(r"\.(text|rodata|bss)\b", section)
    return kind.group(1) if kind else None


def pattern(section, file):
    """The section as a linker script names it, whatever a compiler appended to the function's name."""
    member = re.search(r"(lib[^/]*\.a)\((.*)\)$", file)
    where = "*%s:%s" % member.groups() if member else "*" + os.path.basename(file)
    section = re.sub(r"\.(constprop|isra|part)\.\d+.*$", "", section)
    return "%s(%s)" % (where, section if re.fullmatch(r"\.(text|rodata|bss)|.*\.str1\.\d+", section)
                       else "%s %s.*" % (section, section))


NAMES = [name for name, _ in GROUPS]
TABLES = ["tables." + name for name in NAMES]
# What stands together: each of these begins a window if it would not fit the rest of one.
BLOCKS = [["common"], ["start", "start.build", "build.assemble", "build"], ["assemble"], ["assemble.encode", "encode"],
          ["syscall"], ["dump"], ["check"]] + [[table] for table in TABLES]
PLACES = sum(BLOCKS, [])
PAIRS = [place for place in PLACES if "." in place and place not in TABLES]
assert set(NAMES) <= set(PLACES)


def place_of(section, users, used):
    """The place of a section that these groups use, of which so many bytes are touched."""
    groups = [name for name in NAMES if name in users]
    if section[1] > TABLE and used < section[1] / 2 and section[2].startswith(".rodata"):
        return "tables." + groups[-1]
    if len(groups) == 1:
        return groups[0]
    pair = ".".join(groups)
    return pair if pair in PAIRS and section[1] > SMALL else "common"


def main():
    build = os.path.abspath(sys.argv[1])
    source = os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else os.path.dirname(__file__) + "/..")
    users, lines, commands_of = (collections.defaultdict(set) for _ in range(3))
    with tempfile.TemporaryDirectory() as folder:
        front, listing = link(build, folder)
        sections = read_map(listing)
        starts = [section[0] for section in sections]
        subprocess.run([front, "build", source + "/asm/hello.s", "-o", "hello"], cwd=folder, check=True)
        subprocess.run(["nasm", "-f", "elf64", "-o", "hello.o", source + "/asm/hello.s"], cwd=folder, check=True)
        subprocess.run(["cp", source + "/templates/hello.hex", source + "/asm/hello.s", folder], check=True)
        open(folder + "/raw", "wb").write(bytes.fromhex("b83c00000031ff0f05"))
        refused = bytearray(open(folder + "/hello", "rb").read())
        refused[54] = 0  # e_phentsize
        open(folder + "/refused", "wb").write(refused)
        for group, commands in GROUPS:
            for command in commands:
                for address in touched(front, command.split(), folder):
                    at = bisect.bisect(starts, address) - 1
                    if at >= 0 and address < sections[at][0] + sections[at][1]:
                        users[sections[at]].add(group)
                        commands_of[sections[at]].add(command)
                        lines[sections[at]].add(address // 64)
    for section in sections:
        name = re.match(r"\.rodata\.(\w+)\.str1\.\d+$", section[2])
        if name and section[1] <= SHORT:
            for other in [used for used in users if used[3] == section[3] and used[2] == ".text." + name.group(1)]:
                users[section] |= users[other]
    parts = collections.defaultdict(list)
    # What most use comes first.
    for section in sorted(users, key=lambda section: (-len(users[section]), -len(commands_of[section]), section)):
        kind = kind_of(section[2])
        if kind == "bss":
            if section[2].startswith(".bss.output"):
                parts["output"].append(section)
            if section[1] <= LARGE:
                parts["bss"].append(section)
        elif kind and not section[2].startswith(".rodata.cst"):
            parts[(kind, place_of(section, users[section], 64 * len(lines[section])))].append(section)
    filled = windows(parts)
    print("/* Generated by front_order.py: what a start of the front uses, on few pages. */\nSECTIONS\n{")
    print("    .fini : {\n        KEEP(*(SORT_NONE(.fini)))\n    }")
    for place in PLACES:
        for kind in ("rodata", "text"):
            # Constants that the linker merges are few, and used everywhere.
            first = ["*(.rodata.cst*)"] if (kind, place) == ("rodata", "common") else []
            # Filled from within: a hole between sections would begin a segment, which is mapped by itself.
            last = [". = ALIGN(%d);" % WINDOW] if (kind, place) in filled else []
            put(".%s.%s" % (kind, place), parts[(kind, place)], first, last)
    print("}\nINSERT BEFORE .text;\nSECTIONS\n{")
    # All variables that do not start as zeros, and some of the others, fit one page.
    print("    .data.front : ALIGN(4096) {\n        *(.data.rel.ro .data.rel.ro.* .data .data.*)\n    }")
    print("}\nINSERT BEFORE .data.rel.ro;\nSECTIONS\n{")
    # Small outputs fit the rest of that page.
    put(".bss.front (NOLOAD)", parts["bss"] + parts["output"])
    print("}\nINSERT BEFORE .bss;")


def windows(parts):
    """The last sections of the windows whose rest the next block would not fit."""
    at, before, filled = 0, None, set()
    for block in BLOCKS:
        sizes = [sum(row[1] for kind in ("rodata", "text") for row in parts[(kind, place)]) for place in block]
        if WINDOW - at % WINDOW < sum(sizes) <= WINDOW:
            filled.add(before)
            at += -at % WINDOW
        for place, size in zip(block, sizes):
            print("%-20s %6x - %6x" % (place, at, at + size), file=sys.stderr)
            at += size
            before = next(((kind, place) for kind in ("text", "rodata") if parts[(kind, place)]), before)
    return filled


def put(name, sections, first=(), last=()):
    print("    %s : {" % name)
    for line in first:
        print("        " + line)
    for line in dict.fromkeys(pattern(section, file) for _, _, section, file in sections):
        print("        " + line)
    for line in last:
        print("        " + line)
    print("    }")


main()
