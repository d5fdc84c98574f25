# What a page of explain has in it, decoded as page/data.js does it, and compared with what explain and check say as JSON.
# page_data.py PAGE: prints the data. page_data.py PAGE CLAIMS CHECK: compares; [DECODED]: what data.js made of it, too.
import base64, json, re, sys

GAP, INDEX, BASE, VALUE, MEANING, BITS, PLACE, ADDRESS, SYMBOL, BY_ADDRESS, NO_INDEX, LENGTH, LARGE = (1 << i for i in range(13))
LANES = {"ehdr": 0, "phdr": 1, "instruction": 2, "string": 3}


def data_of(path):
    text = open(path, encoding="utf-8").read()
    found = re.findall(r'<script type="application/json" id="data">([^<]*)</script>', text)
    assert len(found) == 1, "no data, or '<' in it"
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]", text), "a control in the page"
    return json.loads(found[0])


def bits_of(text):
    groups = [line.split(" ", 3) for line in text.split("\n")] if text else None
    return groups and [{"name": name, "low": int(low), "width": int(width), "value": int(value)} for low, width, value, name in groups]


def owners_of(data):
    strings, parts, shapes, rows = data["strings"], data["parts"], data["shapes"], iter(data["owners"])
    end, index, base, owners = 0, 0, 0, []
    for shape in rows:
        part, field, label, purpose, reader, has = shapes[6 * shape:6 * shape + 6]
        text = lambda bit: strings[next(rows)] if has & bit else ""
        length = next(rows)
        offset = end + (next(rows) if has & GAP else 0)
        end = offset + length
        index += next(rows) if has & INDEX else 0
        base = int(strings[next(rows)], 16) if has & BASE else base
        large = text(LARGE)
        owner = parts[part]["name"]
        if not has & NO_INDEX:
            owner += "[%s]" % (hex((base + offset) & (1 << 64) - 1) if has & BY_ADDRESS else large or index)
        value, meaning, bits = text(VALUE), text(MEANING), bits_of(text(BITS))
        place = (next(rows) if has & PLACE else None, next(rows) if has & LENGTH else 0)
        address = text(ADDRESS)
        owners.append({
            "offset": offset, "length": length, "part": part, "owner": owner, "field": strings[field] or None,
            "name": owner + "." + strings[field] if field else owner, "label": strings[label], "value": value, "meaning": meaning,
            "purpose": strings[purpose], "reader": strings[reader], "bits": bits,
            "refers": {"offset": place[0], "length": place[1], "address": address or None} if has & (PLACE | ADDRESS) else None,
            "symbol": text(SYMBOL) or None, "order": parts[part]["order"]})
        assert owners[-1]["order"] == LANES.get(parts[part]["name"], 4)
    return owners


def wanted(claim):
    by_address = claim["structure"] in ("instruction", "encoding", "padding") or claim["structure"] == "string" and claim["index"] == claim["address"]
    owner = claim["structure"]
    if owner != "ehdr":
        owner += "[%s]" % (claim["index_hex"] if by_address else claim["index"])
    refers = claim["refers"]
    shown = "" if claim["value"] is None else str(claim["value"]) if claim["shown"] == "decimal" else claim["hex"]
    return {
        "offset": claim["offset"], "length": claim["length"], "field": claim["field"], "label": claim["short"] or "",
        "name": owner + "." + claim["field"] if claim["field"] else owner, "owner": owner, "value": shown,
        "meaning": claim["meaning"] or "", "purpose": claim["purpose"] or "", "reader": claim["reader"], "bits": claim["bits"],
        "refers": refers and {"offset": refers["offset"], "length": (refers["length"] or 0) if (refers["length"] or 0) < 1 << 53 else 0, "address": refers["address_hex"]},
        "symbol": claim["symbol"]}


def compare(data, claims, check):
    owners = owners_of(data)
    magic = [claim for claim in claims["claims"] if (claim["field"] or "").startswith("ei_mag")]
    expected = [wanted(claim) for claim in claims["claims"] if claim not in magic]
    if magic:
        joined = [owner for owner in owners if owner["field"] == "ei_mag"]
        assert [(one["offset"], one["length"], one["value"]) for one in joined] == [(0, 4, "7f 45 4c 46")], joined
        owners.remove(joined[0])
    assert len(owners) == len(expected), (len(owners), len(expected))
    for owner, claim in zip(owners, expected):
        # A string of a section has its place in it as index, which may be its address by chance.
        keys = [key for key in claim if claim["offset"] != 0 or key not in ("name", "owner")]
        assert {key: owner[key] for key in keys} == {key: claim[key] for key in keys}, (owner, claim)
    assert base64.b64decode(data["bytes"]).hex() == claims["bytes"]
    assert data["size"] == claims["size"] == len(claims["bytes"]) // 2
    symbols, strings = iter(data["symbols"]), data["strings"]
    assert [(a, strings[n], strings[t]) for a, _, n, t in zip(*[symbols] * 4)] == [(s["offset"], s["name"], s["type"]) for s in claims["symbols"]]
    verdict = data["verdict"]
    if verdict["state"] != "none":
        assert verdict["state"] == check["verdict"]
        assert [one["text"] for one in verdict["remarks"]] == [one["message"] for one in check["warnings"]]
        for one, warning in zip(verdict["remarks"], check["warnings"]):
            assert one["who"] == warning["kind"] and one["source"] == warning["source"]
            assert one["offset"] == (warning["offset"] if warning["offset"] is not None and warning["offset"] < data["size"] else None)
        if check["message"]:
            assert check["message"] in verdict["words"], verdict


def same_as_script(data, decoded):
    keys = ("offset", "length", "part", "owner", "field", "name", "label", "value", "meaning", "purpose", "reader", "bits", "refers", "symbol", "order")
    owners = owners_of(data)
    assert len(owners) == len(decoded["owners"])
    for owner, other in zip(owners, decoded["owners"]):
        assert {key: owner[key] for key in keys} == {key: other[key] for key in keys}, (owner, other)
    assert bytes(decoded["bytes"]) == base64.b64decode(data["bytes"])


if __name__ == "__main__":
    data = data_of(sys.argv[1])
    if len(sys.argv) == 2:
        print(json.dumps(dict(data, owners=owners_of(data)), indent=1))
    if len(sys.argv) > 3:
        compare(data, json.load(open(sys.argv[2])), json.load(open(sys.argv[3])))
    if len(sys.argv) > 4:
        same_as_script(data, json.load(open(sys.argv[4])))
