// A large file: rows are drawn when they are seen.
import { test } from "node:test";
import assert from "node:assert/strict";
import { makePage, selected, text, useBrowser, withPage, write } from "./page.js";

useBrowser();

test("1 MiB has under 3,000 elements, and every byte can be reached", async (t) => {
  const bytes = Buffer.alloc(1 << 20);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7 + (i >> 8)) & 255;
  const path = makePage(write("large", bytes));
  const start = performance.now();
  await withPage(path, {}, async (page) => {
    t.diagnostic("first paint after " + Math.round(performance.now() - start) + " ms");
    const elements = () => page.evaluate(() => document.querySelectorAll("*").length);
    assert.ok((await elements()) < 3000);
    for (const word of ["0xfffff", "0x80000", "0x3", "0xabcde"]) {
      await page.keyboard.press("/");
      await page.keyboard.type(word);
      await page.keyboard.press("Enter");
      assert.equal(await selected(page), Number(word));
      const cell = "#grid [data-offset=\"" + Number(word) + "\"]";
      assert.equal(await text(page, cell), bytes[Number(word)].toString(16).padStart(2, "0"));
      assert.ok(await page.isVisible(cell));
      assert.ok((await elements()) < 3000);
    }
    assert.match(await text(page, "#dump"), /rows that are shown/);
  });
});
