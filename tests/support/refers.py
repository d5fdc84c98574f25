"""Compares what explain says that values lead to with what readelf prints: refers.py TINYELF FILE... Each `refers` has to
lie in the file. Exit status: 0 no fault, 1 a fault."""
import json, os, re, subprocess, sys

TINYELF = sys.argv[1]
faults = 0


def fault(path, claim, what):
    global faults
    faults += 1
    if faults < 40:
        print(path, what, {key: claim[key] for key in ("structure", "index", "field", "hex", "meaning", "refers")})


def readelf(path, option):
    return subprocess.run(["readelf", option + "W", path], capture_output=True, text=True, errors="replace").stdout.splitlines()


def gnu_hash(name):
    value = 5381
    for byte in name:
        value = (value * 33 + byte) & 0xffffffff
    return value


def old_hash(name):
    value = 0
    for byte in name:
        value = (value << 4) + byte
        value = (value ^ (value & 0xf0000000) >> 24) & 0x0fffffff
    return value


def compare(path):
    """Returns how many values of each field lead somewhere."""
    data = open(path, "rb").read()
    out = subprocess.run([TINYELF, "explain", "--code", "none", "--format", "json", path], capture_output=True, check=True).stdout
    claims = json.loads(out)["claims"]
    wide, order = data[4] == 2, "little" if data[5] == 1 else "big"
    number = lambda offset, width: int.from_bytes(data[offset:offset + width], order)
    is_object = number(16, 2) == 1
    text = lambda offset: data[offset:data.index(b"\0", offset)]
    counts = {}
    for c in claims:
        r = c["refers"]
        if not r:
            continue
        counts[c["field"]] = counts.get(c["field"], 0) + 1
        if r["offset"] is None and r["address"] is None:
            fault(path, c, "leads nowhere")
        if r["offset"] is not None and (r["offset"] >= len(data) or r["offset"] + (r["length"] or 0) > len(data)):
            fault(path, c, "outside")
        if r["length"] == 0:
            fault(path, c, "no length")
    # What is loaded where, as readelf prints it.
    loads = [tuple(int(word, 16) for word in line.split()[1:6] if word.startswith("0x"))
             for line in readelf(path, "-l") if re.match(r"^  LOAD ", line)]

    def place(address):
        """The file offsets that may be at an address; None: zeros, or beyond it."""
        found = set()
        for offset, start, _, size, memory in loads:
            if start <= address < start + memory:
                found.add(offset + address - start if address < start + size else None)
        return found

    def at_address(c, address, length=None):
        r = c["refers"]
        wanted = place(address)
        if not wanted or is_object or address == 0:
            return
        if not r or r["address"] != address or r["offset"] not in wanted:
            fault(path, c, "is at %s" % wanted)
        elif length is not None and r["offset"] is not None and r["length"] != length and r["offset"] + length <= len(data):
            # A length is cut where the file's part of the memory ends.
            if all(r["offset"] + (r["length"] or 0) < offset + size for offset, _, _, size, _ in loads if offset <= r["offset"]):
                fault(path, c, "has %d bytes" % length)

    def named(c, name):
        """The name is at what the claim leads to, which ends with its NUL."""
        r = c["refers"]
        if not r or text(r["offset"]) != name or r["length"] != len(name) + 1:
            fault(path, c, "is %r" % name)

    def symbol_name(c):
        """The name of the symbol that a claim leads to."""
        name = strings.get(c["refers"]["offset"]) if c["refers"] else None
        return text(name) if name is not None else None

    by_field = {}
    for c in claims:
        by_field.setdefault(c["field"], []).append(c)
    field = lambda name: by_field.get(name, [])
    strings = {c["offset"]: c["refers"]["offset"] for c in field("st_name") if c["refers"]}
    # Sections.
    rows = [re.match(r"^ *\[ *\d+\] (.*?) +([A-Z_0-9]+) +([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) +([A-Zxlop]*) +(\d+) +(\d+) +\d+$",
                     line) for line in readelf(path, "-S")]
    rows = [m.groups() for m in rows if m]
    heads = {}
    for c in claims:
        if c["structure"] == "shdr":
            heads.setdefault(c["index"], {})[c["field"]] = c
    if len(rows) == len(heads):
        table = field("e_shoff")[0]["refers"]
        for index, row in enumerate(rows):
            head = heads[index]
            name, kind, address, offset, size, _, flags, link, info = row
            if kind != "NULL" and size.strip("0") and kind != "NOBITS":
                r = head["sh_offset"]["refers"]
                if not r or (r["offset"], r["length"]) != (int(offset, 16), int(size, 16)):
                    fault(path, head["sh_offset"], "is %s, %s" % (offset, size))
                if "A" in flags:
                    at_address(head["sh_addr"], int(address, 16))
            if kind != "NULL":
                named(head["sh_name"], name.encode())
            entry = table["length"] // len(rows)
            for key, value in (("sh_link", link), ("sh_info", info if kind in ("REL", "RELA") else "0")):
                r = head[key]["refers"]
                if int(value) and (not r or r["offset"] != table["offset"] + int(value) * entry):
                    fault(path, head[key], "is header %s" % value)
            if kind in ("SYMTAB", "DYNSYM") and int(info) < int(size, 16) // (24 if wide else 16):
                r = head["sh_info"]["refers"]
                if not r or r["offset"] != int(offset, 16) + int(info) * (24 if wide else 16):
                    fault(path, head["sh_info"], "is symbol %s" % info)
    # Segments.
    for c, line in zip(field("p_offset"), [l for l in readelf(path, "-l") if re.match(r"^  [A-Z_0-9+]+ +0x", l)]):
        offset, start, _, size = (int(word, 16) for word in re.findall(r"0x[0-9a-f]+", line)[:4])
        if size and (not c["refers"] or (c["refers"]["offset"], c["refers"]["length"]) != (offset, size)):
            fault(path, c, "is %d, %d" % (offset, size))
    # Symbols: a table after the other, as readelf prints them.
    names = [c for c in field("st_name")]
    values = field("st_value")
    shown = [line.split() for line in readelf(path, "-s") if re.match(r"^ +\d+: ", line)]
    if len(shown) == len(values):
        for c, name, words in zip(values, names, shown):
            size = int(words[2], 0)
            if words[3] != "TLS" and words[6].isdigit():
                at_address(c, int(words[1], 16), size or None)
            if len(words) > 7 and words[3] != "SECTION" and name["refers"]:
                shown_name = words[7].split("@")[0]
                if text(name["refers"]["offset"]).decode(errors="replace") != shown_name and "@" not in shown_name \
                        and shown_name.isprintable() and shown_name.isascii() and name["refers"]["length"] > 1:
                    if not text(name["refers"]["offset"]).startswith(shown_name.encode()):
                        fault(path, name, "is %s" % shown_name)
    # Relocations.
    shown = [re.match(r"^([0-9a-f]{8,16})  ([0-9a-f]{8,16}) (\S+) +(?:([0-9a-f]+)  (\S+) ([+-]) ([0-9a-f]+)|([0-9a-f]+))?", line)
             for line in readelf(path, "-r")]
    shown = [m for m in shown if m]
    if len(shown) == len(field("r_offset")):
        for at, info, m in zip(field("r_offset"), field("r_info"), shown):
            at_address(at, int(m[1], 16))
            if m[5] and not is_object:
                name = symbol_name(info)
                wanted = m[5].split("@")[0].encode()
                if name is None or not name.startswith(wanted):
                    if not (info["refers"] and wanted.startswith(b".")):
                        fault(path, info, "is symbol %r" % wanted)
        for addend, m in zip(field("r_addend"), shown):
            if "RELATIVE" in m[3] and m[8]:
                at_address(addend, int(m[8], 16))
            elif addend["refers"]:
                fault(path, addend, "is no address")
    # The dynamic section.
    tags = field("d_tag")
    for tag, value in zip(tags, field("d_val")):
        if tag["meaning"] in ("NEEDED", "SONAME", "RPATH", "RUNPATH"):
            named(value, value["meaning"].strip('"').encode())
    shown = [re.match(r"^ 0x[0-9a-f]+ \((\w+)\) +0x([0-9a-f]+)$", line) for line in readelf(path, "-d")]
    wanted = {m[1]: int(m[2], 16) for m in shown if m and "FLAGS" not in m[1]}
    sizes = {row[2]: int(row[4], 16) for row in rows if "A" in row[6] and int(row[4], 16) and "T" not in row[6]}
    for tag, value in zip(tags, field("d_val")):
        if tag["meaning"] in wanted and tag["meaning"] in ("HASH", "GNU_HASH", "STRTAB", "SYMTAB", "RELA", "REL", "JMPREL", "INIT",
                                                           "FINI", "INIT_ARRAY", "FINI_ARRAY", "VERSYM", "VERNEED", "VERDEF", "RELR"):
            address = wanted[tag["meaning"]]
            at_address(value, address, sizes.get("%0*x" % (16 if wide else 8, address)))
    # Hash tables: the hash of the name that an entry leads to is the one that stands there.
    for c in field("gh_chain"):
        name = symbol_name(c)
        if name is None or gnu_hash(name) | 1 != c["value"] | 1:
            fault(path, c, "is not the hash of %r" % name)
    buckets = field("gh_bucket")
    for c in buckets:
        if c["value"] and gnu_hash(symbol_name(c) or b"") % len(buckets) != c["index"]:
            fault(path, c, "is not in this bucket")
    buckets = field("h_bucket")
    for c in buckets:
        if c["value"] and old_hash(symbol_name(c) or b"") % len(buckets) != c["index"]:
            fault(path, c, "is not in this bucket")
    # Versions: what each leads to is at the file offset that readelf prints before it.
    shown = {int(m[1], 16) for m in (re.match(r"^  (0x[0-9a-f]+|[0-9a-f]{6,}): +(?:Version|Rev|Name|Parent)", line)
                                     for line in readelf(path, "-V")) if m}
    for key in ("vn_aux", "vn_next", "vna_next", "vd_aux", "vd_next", "vda_next"):
        starts = {c["offset"] for name in ("vn_version", "vna_hash", "vd_version", "vda_name") for c in field(name)}
        for c in field(key):
            if (c["refers"]["offset"] if c["refers"] else 0) not in (starts if c["value"] else {0}):
                fault(path, c, "is not a structure")
    for key in ("vn_file", "vna_name", "vda_name"):
        for c in field(key):
            named(c, c["meaning"].strip('"').encode())
    for c in field("vs_index"):
        index = c["value"] & 0x7fff
        if index < 2:
            continue
        r = c["refers"]
        if not r or number(r["offset"] + (4 if r["length"] == 20 else 6), 2) != index:
            fault(path, c, "is not the record of version %d" % index)
    # Arrays.
    for c in field("a_function"):
        if c["value"] not in (0, (1 << (64 if wide else 32)) - 1):
            at_address(c, c["value"])
    return counts


total = {}
for path in sys.argv[2:]:
    for key, value in compare(path).items():
        total[key] = total.get(key, 0) + value
print(" ".join("%s %d" % (key, total[key]) for key in sorted(total, key=str)))
print("%d files, %d faults" % (len(sys.argv) - 2, faults))
sys.exit(faults > 0)
