"""Compares the unwind records that explain shows with those that readelf prints: frames.py TINYELF FILE... Every byte of
.eh_frame has to be in a claim. Exit status: 0 no fault, 1 a fault."""
import json, re, subprocess, sys

TINYELF = sys.argv[1]
faults = records = 0


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, errors="replace").stdout


def fault(*words):
    global faults
    faults += 1
    if faults < 30:
        print(*words)


def shown_by_readelf(path):
    """The records of .eh_frame: offset, {field: value}, instructions."""
    inside, found = False, []
    for line in run("readelf", "--debug-dump=frames", "-W", path).splitlines():
        if line.startswith("Contents of the "):
            inside = " .eh_frame section" in line
        if not inside:
            continue
        m = re.match(r"^([0-9a-f]{8}) ([0-9a-f]+) ([0-9a-f]+) (?:CIE|FDE cie=([0-9a-f]+) pc=([0-9a-f]+)\.\.([0-9a-f]+))$", line)
        if m:
            values = {"length": int(m[2], 16), "id": int(m[3], 16)}
            if m[4]:
                values.update(cie=int(m[4], 16), start=int(m[5], 16), end=int(m[6], 16))
            found.append((int(m[1], 16), values, []))
        elif re.match(r"^[0-9a-f]{8} ZERO terminator", line):
            found.append((int(line[:8], 16), {"length": 0}, []))
        elif line.startswith("  DW_CFA_") and found:
            # Without the names of registers, the address that a step leads to, and expressions in words.
            word = re.sub(r" \((?!DW_OP)[^)]*\)", "", line.strip())
            found[-1][2].append(re.sub(r" to [0-9a-f]+$", "", word).split(" (")[0])
        elif found:
            m = re.match(r"^  ([A-Z][a-z ]+): +(.*)$", line)
            if m:
                found[-1][1][m[1]] = m[2].strip()
    return found


def instructions(meaning):
    """Ours in readelf's words."""
    found = []
    for word in (meaning or "").split(", "):
        m = re.match(r"^(\d+) nop$", word)
        found += ["DW_CFA_nop"] * int(m[1]) if m else ["DW_CFA_" + re.sub(r"( r\d+)? \d+ bytes?$|: \d+ bytes?$", r"\1", word)]
    return found


def compare(path):
    global records
    sections = dict((m[1], (int(m[2], 16), int(m[3], 16), int(m[4], 16))) for m in
                    re.finditer(r"\] (\S+) +\S+ +([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) ", run("readelf", "-SW", path)))
    if ".eh_frame" not in sections:
        return
    claims = json.loads(run(TINYELF, "explain", "--code", "none", "--format", "json", path))["claims"]
    data = open(path, "rb").read()
    address, start, size = sections[".eh_frame"]
    ours, owned = {}, bytearray(size)
    for c in claims:
        if c["structure"] == "unwind" and start <= c["offset"] < start + size:
            owned[c["offset"] - start:c["offset"] - start + c["length"]] = b"\1" * c["length"]
            ours.setdefault(c["index"], {})[c["field"]] = c
    if not all(owned):
        fault(path, "unclaimed", hex(owned.index(0)))
    found = {min(c["offset"] for c in record.values()) - start: record for record in ours.values()}
    shown = shown_by_readelf(path)
    # readelf shows several terminators as one.
    offsets = {offset for offset, _, _ in shown}
    found = {offset: record for offset, record in found.items() if "frame_end" not in record or offset in offsets}
    if len(found) != len(shown):
        fault(path, "has %d records, readelf: %d" % (len(found), len(shown)))
    is_object = int.from_bytes(data[16:18], "little" if data[5] == 1 else "big") == 1
    for offset, values, code in shown:
        record = found.get(offset)
        records += 1
        if record is None:
            fault(path, hex(offset), "is no record")
            continue
        value = lambda name: record[name]["value"] if name in record else None
        kind = "frame" if values["length"] == 0 else "fde" if "cie" in values else "cie"
        if kind == "frame":
            if value("frame_end") != 0:
                fault(path, hex(offset), "is no terminator")
            continue
        if value(kind + "_length") != values["length"]:
            fault(path, hex(offset), "length", value(kind + "_length"), values["length"])
        if kind == "cie":
            for name, theirs in (("cie_version", int(values["Version"])), ("cie_code_align", int(values["Code alignment factor"])),
                                 ("cie_data_align", int(values["Data alignment factor"])),
                                 ("cie_return", int(values["Return address column"]))):
                if value(name) != theirs:
                    fault(path, hex(offset), name, value(name), theirs)
            if record["cie_augmentation"]["meaning"] != values["Augmentation"]:
                fault(path, hex(offset), record["cie_augmentation"]["meaning"], values["Augmentation"])
        else:
            if record["fde_cie"]["refers"]["offset"] != start + values["cie"] or value("fde_cie") != values["id"]:
                fault(path, hex(offset), "cie", record["fde_cie"]["refers"], values)
            if value("fde_range") != values["end"] - values["start"]:
                fault(path, hex(offset), "range", value("fde_range"), values)
            r = record["fde_start"]["refers"]
            if not is_object and values["start"] and (not r or r["address"] != values["start"]):
                fault(path, hex(offset), "start", r, values)
        if "Augmentation data" in values and not is_object:  # readelf relocates that of objects
            size_field = record[kind + "_extra_size"]
            at = size_field["offset"] + size_field["length"]
            if data[at:at + size_field["value"]] != bytes.fromhex(values["Augmentation data"].replace(" ", "")):
                fault(path, hex(offset), "augmentation data")
        mine = instructions(record[kind + "_instructions"]["meaning"]) if kind + "_instructions" in record else []
        if mine != code and not (mine and mine[-1].startswith("DW_CFA_") and len(mine) > 60):
            fault(path, hex(offset), mine, code)
    # The table: sorted addresses, each with its FDE.
    starts = [c for c in claims if c["field"] == "eh_location"]
    functions = [c for c in claims if c["field"] == "eh_fde"]
    for a, b in zip(starts, functions):
        record = found.get((b["refers"] or {"offset": 0})["offset"] - start)
        if not record or record["fde_start"]["refers"]["address"] != a["refers"]["address"] or \
                b["refers"]["length"] != record["fde_length"]["value"] + 4:
            fault(path, "table entry", a["index"])


for path in sys.argv[2:]:
    compare(path)
print("%d files, %d records, %d faults" % (len(sys.argv) - 2, records, faults))
sys.exit(faults > 0 or records == 0)
