// All is within reach of the keyboard, and a place can be in the address.
import { test } from "node:test";
import assert from "node:assert/strict";
import { build, makePage, overlapping, owner, selected, text, useBrowser, withPage } from "./page.js";

useBrowser();

test("arrows, Home, End move; the grid is one stop of Tab", async () => {
  await withPage(makePage(build("hello.s")), {}, async (page) => {
    await page.click("#grid [data-offset=\"0\"]");
    for (const [key, at] of [["ArrowRight", 1], ["ArrowDown", 17], ["ArrowLeft", 16], ["End", 31], ["Home", 16], ["ArrowUp", 0], ["Control+End", 177], ["Control+Home", 0]]) {
      await page.keyboard.press(key);
      assert.equal(await selected(page), at, key);
      assert.equal(await page.evaluate(() => Number(document.activeElement.dataset.offset)), at, "focus after " + key);
    }
    assert.equal(await page.$$eval("#grid [tabindex=\"0\"]", (all) => all.length), 1);
  });
});

test("n and p go through the owners, o through those of a byte", async () => {
  await withPage(makePage(overlapping()), { hash: "#0x18" }, async (page) => {
    const first = await owner(page);
    const seen = [first];
    await page.keyboard.press("o");
    while ((await owner(page)) !== first && seen.length < 9) {
      seen.push(await owner(page));
      await page.keyboard.press("o");
    }
    assert.ok(seen.length >= 2 && seen.length < 9, seen.join());
    await page.keyboard.press("n");
    assert.ok((await selected(page)) >= 0x18);
    await page.keyboard.press("p");
    assert.equal(await selected(page), 0x18);
  });
});

test("Enter follows a value, Backspace comes back", async () => {
  await withPage(makePage(build("hello.s")), { hash: "#e_entry" }, async (page) => {
    assert.equal(await selected(page), 0x18);
    await page.keyboard.press("Enter");
    assert.equal(await selected(page), 0x78);
    assert.equal(await owner(page), "mov rax,0x1");
    await page.keyboard.press("Backspace");
    assert.equal(await owner(page), "e_entry");
  });
});

test("/ goes to an offset, a name, an address; ? shows the keys; Escape closes", async () => {
  await withPage(makePage(build("hello.s")), {}, async (page) => {
    for (const [word, at] of [["0x36", 0x36], ["p_memsz", 0x68], ["@0x10078", 0x78], ["phdr[0].p_flags", 0x44]]) {
      await page.keyboard.press("/");
      await page.keyboard.type(word);
      await page.keyboard.press("Enter");
      assert.equal(await selected(page), at, word);
    }
    await page.keyboard.press("/");
    await page.keyboard.type("no such thing");
    await page.keyboard.press("Enter");
    assert.equal(await page.getAttribute("#goto", "aria-invalid"), "true");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    assert.ok(await page.isVisible("#help"));
    await page.keyboard.press("Escape");
    assert.ok(!(await page.isVisible("#help")));
  });
});

test("a place in the address is selected, and the address follows", async () => {
  const path = makePage(build("hello.s"));
  await withPage(path, { hash: "#0x36" }, async (page) => {
    assert.equal(await selected(page), 0x36);
    assert.equal(await owner(page), "e_phentsize");
    await page.click("#grid [data-offset=\"64\"]");
    assert.equal(await page.evaluate(() => location.hash), "#0x40");
  });
  await withPage(path, { hash: "#e_phentsize" }, async (page) => assert.equal(await selected(page), 0x36));
  await withPage(path, { hash: "#%zz" }, async (page) => assert.ok((await selected(page)) >= 0));
});

test("what is selected is said", async () => {
  await withPage(makePage(build("hello.s")), { hash: "#e_phoff" }, async (page) => {
    assert.match(await page.$eval("#live", (one) => one.textContent), /e_phoff/);
    assert.match(await page.getAttribute("#grid [data-offset=\"32\"]", "aria-label"), /40 at 0x20, e_phoff/);
    assert.equal(await page.getAttribute("#live", "aria-live"), "polite");
    assert.ok((await text(page, "#keys")).includes("follow"));
  });
});
