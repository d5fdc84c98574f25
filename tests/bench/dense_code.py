# Writes a program of a mebibyte of dense code, whose flow reaches every instruction: dense_code.py FILE
import random, struct, sys
r = random.Random(1)
LIMIT, HEAD, BASE = 1 << 20, 0x78, 0x400000
at, parts = HEAD, []
def add(code):
    global at
    parts.append([at, code])
    at += len(code)
while at < LIMIT - 16:
    k, a, b = r.random(), r.randrange(8), r.randrange(8)
    if k < .25: add(bytes([0x48, 0x89, 0xc0 | a << 3 | b]))
    elif k < .4: add(bytes([0x48, 0x8b, 0x40 | a << 3 | (b if b != 4 else 5), r.randrange(256)]))
    elif k < .5: add(bytes([0x48, 0x83, 0xc0 | a, r.randrange(128)]))
    elif k < .58: add(bytes([0x74 + r.randrange(2), 0]))
    elif k < .68: add(b"\x0f\x84call")
    elif k < .76: add(bytes([0x48, 0x8d, 5 | a << 3]) + struct.pack("<i", r.randrange(4096)))
    elif k < .82: add(bytes([0xb8 | a]) + struct.pack("<I", r.randrange(1 << 16)))
    elif k < .88: add(bytes([0x85, 0xc0 | a * 9]))
    elif k < .94: add(bytes([0x50 | a]))
    else: add(bytes([0x0f, 0xb6, 0xc0 | a << 3 | b]))
for place, (start, code) in enumerate(parts):
    if code[:2] == b"\x0f\x84":
        to = parts[r.randrange(max(0, place - 900), min(len(parts), place + 900))][0]
        parts[place][1] = b"\x0f\x84" + struct.pack("<i", to - start - 6)
code = b"".join(c for _, c in parts) + b"\xeb\xfe"
size = HEAD + len(code)
ehdr = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, BASE + HEAD, 64, 0, 0, 64, 56, 1, 64, 0, 0)
open(sys.argv[1], "wb").write(ehdr + struct.pack("<IIQQQQQQ", 1, 5, 0, BASE, BASE, size, size, 4096) + code)
