// Names and texts of a file may be anything: they are text, never markup, script or a request.
import { test } from "node:test";
import assert from "node:assert/strict";
import { makePage, place, text, tinyelf, useBrowser, withPage, write } from "./page.js";

useBrowser();

const NASTY = ["<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>", "<!--<script>", "]]>&lt;&#60;", "\u202egnp.exe", "a\nb\tc\x1b[31m"];

test("file names", async () => {
  for (const name of NASTY) {
    const file = name.replaceAll("/", "∕");
    await withPage(makePage(write(file, "no ELF")), {}, async (page) => {
      assert.equal(await page.$$eval("img, #name *", (all) => all.length), 0);
      assert.equal(await page.$$eval("script", (all) => all.length), 2);
      assert.ok((await text(page, "#name")).length > 0);
    });
  }
});

test("symbols and strings", async () => {
  const lines = NASTY.slice(0, 4).map((one, i) => "text" + i + ": db `" + one.replace(/`/g, "") + "`, 0");
  write("nasty.s", "section .data\n" + lines.join("\n") + "\nsection .text\nglobal _start\n_start: mov rax, 1\nmov rdi, 1\nmov rsi, text0\nmov rdx, 60\nsyscall\nmov rax, 60\nsyscall\n");
  tinyelf("build", "nasty.s", "-o", place("nasty"));
  await withPage(makePage(place("nasty")), {}, async (page) => {
    assert.equal(await page.$$eval("img", (all) => all.length), 0);
    assert.match(await text(page, "#list"), /<img src=x/);
    await page.keyboard.press("/");
    await page.keyboard.type("<img");
    await page.keyboard.press("Enter");
    assert.match(await text(page, "#card"), /<img src=x/);
  });
});

test("random bytes after a good header", async () => {
  let seed = 7;
  const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16;
  for (let round = 0; round < 12; round++) {
    const bytes = Buffer.from(Array.from({ length: 300 }, random));
    Buffer.from("7f454c4602010100", "hex").copy(bytes);
    bytes.writeUInt16LE(round % 3 + 1, 16);
    bytes.writeUInt16LE(62, 18);
    bytes.writeBigUInt64LE(BigInt(round * 8), 32);
    bytes.writeBigUInt64LE(BigInt(round * 16), 40);
    bytes.writeUInt16LE(3, 56);
    bytes.writeUInt16LE(3, 60);
    await withPage(makePage(write("random", bytes)), {}, async (page) => {
      for (const key of ["n", "o", "Enter", "n", "n", "Backspace", "Control+End", "p"]) await page.keyboard.press(key);
    });
  }
});
