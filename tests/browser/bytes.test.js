// The page shows the file's bytes, names them, and says what Linux makes of the file, for files of every kind.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { build, card, hex, makePage, overlapping, owner, place, selected, shownBytes, text, tinyelf, tryTinyelf, useBrowser, withPage, write } from "./page.js";

useBrowser();

const show = (file, act = async () => {}, options = {}) =>
  withPage(makePage(file), options, async (page) => {
    assert.equal(await shownBytes(page), readFileSync(file).toString("hex"));
    await act(page);
  });

test("the lecture's program: bytes, bars, list, verdict", async () => {
  await show(build("hello.s"), async (page) => {
    assert.match(await text(page, "header"), /hello\s+178 bytes, ELF64, x86-64\s+✓ Linux starts it/);
    const bars = await page.$$eval("#grid [data-owner]", (all) => all.map((one) => one.textContent));
    for (const name of ["e_entry", "e_phoff", "p_filesz", "mov rax,0x1", "\"Hello world\\n\""]) assert.ok(bars.includes(name), name);
    assert.equal(bars.filter((name) => /^mag/.test(name)).length, 1, "the magic number has one bar");
    assert.ok(!bars.includes(""), "a continued bar repeats its name");
    const lines = await page.$$eval("#list [data-owner]", (all) => all.length);
    assert.ok(lines >= 37, "the list has " + lines + " owners");
    const scrolls = await page.evaluate(() => document.documentElement.scrollHeight > innerHeight);
    assert.ok(!scrolls, "1280x800 shows everything");
    const keys = await page.$eval("#keys", (line) => line.getBoundingClientRect().bottom <= innerHeight);
    assert.ok(keys, "the key line is within the window");
  });
});

test("the remarks are counted, and open with a click", async () => {
  await show(overlapping(), async (page) => {
    const words = await text(page, "#verdict");
    const count = Number(/Linux starts it, (\d+) remarks/.exec(words)[1]);
    assert.ok(count > 5);
    assert.ok(!(await page.isVisible("#remarks")));
    await page.click("#verdict");
    assert.ok(await page.isVisible("#remarks"));
    assert.equal(await page.$$eval("#remarks li", (all) => all.length), count);
    const check = JSON.parse(tryTinyelf("check", "--json", "s84").stdout);
    assert.equal(count, check.warnings.length);
  });
});

test("owners that lie over each other are in lanes and in stacked tints", async () => {
  await show(overlapping(), async (page) => {
    const row = await page.$$eval("#grid [role=row]:nth-child(1) [data-owner]", (bars) => new Set(bars.map((bar) => bar.style.gridRowStart || bar.style.gridArea[0])).size);
    assert.ok(row >= 2, "lanes");
    const tint = await page.$eval("#grid [data-offset=\"32\"]", (cell) => getComputedStyle(cell).backgroundImage);
    assert.match(tint, /linear-gradient/);
    await page.click("#grid [data-offset=\"24\"]");
    assert.match(await card(page), /this byte is also/);
    assert.match(await text(page, "#facts"), /ei_class 0x48: Linux does not look/);
  });
});

test("memory: bytes, zeros to the page's end, and what is not there", async () => {
  await show(overlapping(), async (page) => {
    const memory = await text(page, "#memory");
    assert.match(memory, /zeros/);
    assert.match(memory, /not there/);
    assert.match(memory, /SIGBUS/);
    assert.match(memory, /vDSO/);
    assert.match(memory, /stack/);
  });
  await show(build("hello.s"), async (page) => assert.doesNotMatch(await text(page, "#memory"), /not there/));
});

test("numbers above 2^53 keep their digits", async () => {
  await show(overlapping(), async (page) => {
    await page.evaluate(() => (location.hash = "#p_align"));
    await page.waitForFunction(() => document.querySelector("#card h2").innerText.includes("p_align"));
    assert.match(await card(page), /0x6f77206f6c6c6548/);
  }, { hash: "" });
});

test("byte, bar, row of the list and strip select the same", async () => {
  await show(build("hello.s"), async (page) => {
    await page.click("#grid [data-offset=\"26\"]");
    assert.equal(await owner(page), "e_entry");
    const chosen = (where) => page.$eval(where + " [data-owner].chosen", (one) => one.dataset.owner);
    assert.equal(await chosen("#grid"), await chosen("#list"));
    const line = page.locator("#list [data-owner]", { hasText: "p_filesz" }).first();
    await line.click();
    assert.equal(await selected(page), 0x60);
    assert.equal(await owner(page), "phdr[0].p_filesz");
    const bar = page.locator("#grid [data-owner]", { hasText: "e_phoff" }).first();
    await bar.click();
    assert.equal(await selected(page), 0x20);
    await page.click("#memory .piece.bytes >> nth=0", { position: { x: 2, y: 4 } });
    assert.ok((await selected(page)) < 16);
  });
});

test("an arrow leads from a value to what it refers to, over no text", async () => {
  await show(build("hello.s"), async (page) => {
    await page.click("#grid [data-offset=\"24\"]");
    assert.equal(await page.$$eval("#grid .target", (all) => all.length), 7);
    const crossed = await page.evaluate(() => {
      const path = document.querySelector("#grid svg path, #dump svg path");
      const found = [];
      const texts = [...document.querySelectorAll("#grid [data-offset], #grid .bar, #grid .offset")].map((one) => one.getBoundingClientRect());
      for (let at = 4; at < path.getTotalLength() - 4; at += 1) {
        const point = path.getPointAtLength(at).matrixTransform(path.getScreenCTM());
        if (texts.some((box) => point.x > box.left + 1 && point.x < box.right - 1 && point.y > box.top + 1 && point.y < box.bottom - 1)) found.push(point);
      }
      return found.length;
    });
    assert.equal(crossed, 0);
  });
});

test("files of no bytes, of one, and of no ELF", async () => {
  await withPage(makePage(write("empty", "")), {}, async (page) => assert.match(await card(page), /no bytes/));
  await show(write("one", "A"), async (page) => assert.match(await card(page), /unclaimed/));
  await show(write("letter.txt", "Dear reader,\nthis is no program.\n"), async (page) => assert.match(await text(page, "header"), /not an ELF file/));
});

test("a refused file opens at the field that is to blame", async () => {
  const bytes = readFileSync(build("hello.s"));
  bytes[0x12] = 0x28;
  await show(write("wrong", bytes), async (page) => {
    assert.match(await text(page, "#verdict"), /✗ Linux refuses it/);
    assert.equal(await owner(page), "e_machine");
    assert.match(await page.$eval("#card .blame", (one) => one.innerText), /e_machine/);
    assert.ok(await page.$("#grid .guilty"));
  });
});

test("a file whose first instruction cannot be fetched, and one that is killed at its start", async () => {
  const bytes = readFileSync(build("hello.s"));
  bytes[0x1a] = 0x70;
  await show(write("faults", bytes), async (page) => assert.match(await text(page, "#verdict"), /✗ .*(fetched|refuses|kills)/));
  const file = readFileSync(build("hello.s"));
  file[0x60] = file[0x68] = 0;
  file[0x61] = file[0x69] = 0;
  await show(write("nothing", file), async (page) => assert.ok((await text(page, "#verdict")).length > 3));
});

test("ELF32, big-endian, an object, and a program of the system", async () => {
  await show(build("hello32.s"), async (page) => assert.match(await text(page, "#facts"), /ELF32, i386/));
  const bytes = readFileSync(build("hello.s"));
  bytes[5] = 2;
  await show(write("big", bytes));
  tinyelf("stages", "-o", "stages", new URL("../../asm/hello.c", import.meta.url).pathname);
  const object = place("stages/cc/hello.o");
  await withPage(makePage(object), {}, async (page) => {
    assert.ok(readFileSync(object).toString("hex").startsWith(await shownBytes(page)), "the first rows");
    assert.match(await text(page, "#verdict"), /an object file/);
  });
  await withPage(makePage("/usr/bin/true"), {}, async (page) => assert.match(await text(page, "#verdict"), /Linux starts it/));
});

// A file with many program headers, each a PT_LOAD.
const manySegments = (count, same) => {
  const size = 64 + 56 * count;
  const bytes = Buffer.alloc(size);
  Buffer.from("7f454c4602010100", "hex").copy(bytes);
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(62, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(0x400040n, 24);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(64, 52);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(count, 56);
  for (let i = 0; i < count; i++) {
    const at = 64 + 56 * i;
    bytes.writeUInt32LE(1, at);
    bytes.writeUInt32LE(5, at + 4);
    bytes.writeBigUInt64LE(same ? 0x400000n : 0x400000n + 0x10000n * BigInt(i), at + 16);
    bytes.writeBigUInt64LE(BigInt(size), at + 32);
    bytes.writeBigUInt64LE(BigInt(size), at + 40);
    bytes.writeBigUInt64LE(0x1000n, at + 48);
  }
  return bytes;
};

test("64 segments: eight strips and a count; segments over each other", async () => {
  const many = write("many", manySegments(64, false));
  await withPage(makePage(many), {}, async (page) => {
    assert.match(await text(page, "#memory"), /56 more segments/);
    assert.equal(await page.$$eval("#memory .strip", (all) => all.length), 9);
  });
  await show(write("over", manySegments(2, true)), async (page) => assert.equal(await page.$$eval("#memory .strip", (all) => all.length), 2));
});

test("values in the card are those of explain, for every owner", async () => {
  const file = build("hello.s");
  const { claims } = JSON.parse(tinyelf("explain", "--format", "json", file));
  await show(file, async (page) => {
    for (const claim of claims.filter((one) => one.field && !/^ei_mag/.test(one.field))) {
      await page.evaluate((offset) => (location.hash = "#" + offset), claim.offset);
      await page.waitForFunction((name) => document.querySelector("#card h2").innerText.includes(name), claim.field);
      const value = claim.shown === "decimal" ? String(claim.value) : claim.hex;
      if (claim.field !== "ei_pad") assert.ok((await card(page)).includes(value), claim.field + " " + value);
    }
  });
});
