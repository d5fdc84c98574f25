"""Makes ELF files of any machine with chosen relocations, dynamic entries and notes, and compares what explain says of
them with what readelf prints: entries.py TINYELF. Exit status: 0 no fault, 1 a fault."""
import json, re, struct, subprocess, sys

TINYELF = sys.argv[1]


def elf(machine, wide, big, section, kind, data, entry, segment=0, etype=1):
    """A file with one section of interest, with a symbol table and strings, and a segment of the type over it."""
    order = ">" if big else "<"
    symbols = bytes(24 if wide else 16)
    header, head, program = (64, 64, 56) if wide else (52, 40, 32)
    sections = [(".symtab", 2, symbols, 2, 1, len(symbols)), (".strtab", 3, b"\0", 0, 0, 0), (section, kind, data, 1, 0, entry)]
    names, body, heads = b"\0", b"", [(0,) * 10]
    for name, type_, content, link, info, size in sections + [(".shstrtab", 3, None, 0, 0, 0)]:
        at = len(names)
        names += name.encode() + b"\0"
        content = names if content is None else content
        heads.append((at, type_, 2 if segment and type_ == kind else 0, 0, header + len(body), len(content), link, info, 4, size))
        body += content + b"\0" * (-len(content) % 8)
    table = header + len(body)
    programs = b""
    if segment:
        place = (heads[3][4], heads[3][4], heads[3][4], heads[3][5], heads[3][5])
        programs = struct.pack(order + "IIQQQQQQ", segment, 4, *place, 4) if wide else \
            struct.pack(order + "IIIIIIII", segment, *place, 4, 4)
    after = table + head * len(heads)
    ident = b"\x7fELF" + bytes([2 if wide else 1, 2 if big else 1, 1, 0]) + bytes(8)
    numbers = (etype, machine, 1, 0, after if segment else 0, table, 0, header, program, 1 if segment else 0, head, len(heads), len(heads) - 1)
    return ident + struct.pack(order + ("HHIQQQIHHHHHH" if wide else "HHIIIIIHHHHHH"), *numbers) + body + \
        b"".join(struct.pack(order + ("IIQQQQIIQQ" if wide else "IIIIIIIIII"), *row) for row in heads) + programs


def readelf(option):
    return subprocess.run(["readelf", option + "W", "made"], capture_output=True, text=True).stdout.splitlines()


def claims(field):
    out = subprocess.run([TINYELF, "explain", "--code", "none", "--format", "json", "made"], capture_output=True, check=True).stdout
    return [c["meaning"] for c in json.loads(out)["claims"] if c["field"] == field]


# Names of <elf.h> that readelf 2.40 spells otherwise, or does not have yet.
OTHERWISE = {"R_386_JMP_SLOT": "R_386_JUMP_SLOT", "R_AARCH64_PLT32": "unrecognized", "R_AARCH64_GOTPCREL32": "unrecognized"}
faults = compared = 0


def compare(what, ours, theirs):
    global faults, compared
    compared += 1
    if ours != theirs:
        faults += 1
        print(f"{what}: {ours!r}, readelf: {theirs!r}")


def relocations(machine, wide, big):
    order = ">" if big else "<"
    types = range(1100) if machine == 183 else range(256)
    data = b""
    for number in types:
        info = number if machine != 8 or not wide or big else number << 56
        data += struct.pack(order + ("QQq" if wide else "IIi"), number, info, 0)
    open("made", "wb").write(elf(machine, wide, big, ".rela.x", 4, data, 24 if wide else 12))
    theirs = {}
    for line in readelf("-r"):
        found = re.match(r"^([0-9a-f]{8,16})  [0-9a-f]{8,16} (R_\w+|unrecognized)", line)
        if found:
            theirs[int(found[1], 16)] = found[2]
    assert len(theirs) == len(types), machine
    for number, meaning in zip(types, claims("r_info")):
        name = meaning.split(",")[0]
        compare(f"machine {machine}, type {number}", "unrecognized" if name == f"type {number}" else OTHERWISE.get(name, name),
                theirs[number])


def tags(machine, wide, big):
    values = [*range(1, 0x28), *range(0x6ffffd00, 0x70000080), *range(0x7ffffff0, 0x80000000)]
    data = b"".join(struct.pack((">" if big else "<") + ("QQ" if wide else "II"), tag, 0) for tag in values + [0])
    open("made", "wb").write(elf(machine, wide, big, ".dynamic", 6, data, 16 if wide else 8, segment=2, etype=3))
    theirs = {}
    for line in readelf("-d"):
        found = re.match(r"^ 0x([0-9a-f]+) \((.*?)\)", line)
        if found:
            theirs[int(found[1], 16)] = found[2]
    purpose = "what the entry tells the dynamic linker"
    for tag, meaning in zip(values, claims("d_tag")):
        known = "pecific" not in theirs[tag] and "unknown" not in theirs[tag]
        compare(f"machine {machine}, tag {tag:#x}", None if meaning == purpose else meaning, theirs[tag] if known else None)


def flags():
    for tag in (0x1e, 0x6ffffdf4, 0x6ffffdfc, 0x6ffffdfd, 0x6ffffffb):
        for value in [1 << bit for bit in range(31)] + [0x1b, 0x8000003]:
            open("made", "wb").write(elf(62, True, False, ".dynamic", 6, struct.pack("<QQQQ", tag, value, 0, 0), 16, 2, 3))
            line = [line for line in readelf("-d") if line.startswith(" 0x")][0].split(")", 1)[1].replace("Flags:", "")
            ours = claims("d_val")[0].split()
            theirs = line.split()
            # Of a bit without a name readelf prints the number, of DT_FLAGS "unknown".
            compare(f"tag {tag:#x}, flags {value:#x}", [w if not w.startswith("0x") else "?" for w in ours],
                    [w if re.match(r"^[A-Z][A-Z_0-9]+$", w) and not w.isdigit() else "?" for w in theirs])


def notes():
    for owner, etype in (("GNU", 3), ("stapsdt", 3), ("FDO", 3), ("Go", 3), ("OpenBSD", 3), ("FreeBSD", 3), ("CORE", 4), ("LINUX", 4)):
        for type_ in [*range(0x14), *range(0x100, 0x106), 0x200, 0x202, 0x305, 0x401, 0x405, 0x46494c45, 0x46e62b7f, 0x53494749, 0xcafe1a7e]:
            name = owner.encode() + b"\0"
            data = struct.pack("<III", len(name), 0, type_) + name + b"\0" * (-len(name) % 4)
            open("made", "wb").write(elf(62, True, False, ".note.x", 7, data, 0, 4, etype))
            lines = [line for line in readelf("-n") if "0x00000000\t" in line]
            theirs = lines[0].split("\t")[1].strip() if lines else ""
            ours = claims("n_type")[0]
            known = theirs and not theirs.startswith("Unknown")
            compare(f"owner {owner}, type {type_:#x}", None if ours == "kind of note; the name says whose" else ours,
                    theirs if known else None)


machines = [(2, 0, 1), (3, 0, 0), (4, 0, 1), (8, 0, 1), (8, 1, 1), (8, 1, 0), (15, 0, 1), (18, 0, 1), (20, 0, 1), (21, 1, 1), (21, 1, 0),
            (22, 1, 1), (40, 0, 0), (42, 0, 0), (43, 1, 1), (50, 1, 0), (62, 1, 0), (183, 1, 0), (195, 0, 0), (243, 1, 0), (258, 1, 0),
            (0x9026, 1, 0)]
for machine in machines:
    relocations(*map(int, machine))
    tags(*map(int, machine))
flags()
notes()
print(f"{compared} compared, {faults} differ")
sys.exit(1 if faults or compared < 8000 else 0)
