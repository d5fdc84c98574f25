// The pages of docs/ as HTML: one of them in light and dark, on a telephone, and by keyboard.
import { test } from "node:test";
import assert from "node:assert/strict";
import { join } from "node:path";
import { axeSource, useBrowser, withPage } from "./page.js";

useBrowser();
// A page with tables, commands and long lines of output.
const path = join(process.env.PAGES, "lecture", "2-header.html");
const beside = ["../style.css"];
const style = (page, selector, name) => page.$eval(selector, (element, name) => getComputedStyle(element)[name], name);
const brightness = (colour) => colour.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;

test("light and dark are as the reader's system asks, and axe finds no fault in either", async () => {
  for (const colorScheme of ["light", "dark"]) {
    await withPage(path, { colorScheme, beside, bypassCSP: true }, async (page) => {
      const paper = brightness(await style(page, "html", "backgroundColor"));
      const ink = brightness(await style(page, "html", "color"));
      assert.ok(colorScheme === "dark" ? paper < 40 && ink > 200 : paper > 230 && ink < 60, colorScheme + ": " + paper + ", " + ink);
      assert.equal(await style(page, "pre b", "fontWeight"), "700");
      await page.addScriptTag({ content: axeSource });
      const { violations } = await page.evaluate(() => axe.run(document, { preload: false, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }));
      assert.deepEqual(violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html).slice(0, 3)), [], colorScheme);
    });
  }
});

test("a telephone shows it without scrolling sideways: what is wide scrolls by itself, by keyboard, too", async () => {
  await withPage(path, { viewport: { width: 390, height: 844 }, beside }, async (page) => {
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    const wide = ".wide:has(table tr:nth-child(9))";
    assert.ok(await page.$eval(wide, (element) => element.scrollWidth > element.clientWidth));
    await page.focus(wide);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((wide) => document.querySelector(wide).scrollLeft > 0, wide);
  });
});

test("links lead on: to the next page, and to the list of all", async () => {
  await withPage(path, { beside: [...beside, "3-segment.html", "../index.html"] }, async (page) => {
    await page.click("text=Next page");
    assert.match(await page.title(), /program header/i);
    await page.click("text=All pages");
    assert.equal(await page.$eval("h1", (element) => element.innerText), "All pages");
  });
});
