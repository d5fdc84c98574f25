// Accessibility rules, colours, telephones, forced colours and paper.
import { test } from "node:test";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { axeSource, build, makePage, overlapping, place, tinyelf, tryTinyelf, useBrowser, withPage } from "./page.js";

useBrowser();

const withEverything = (file) => {
  tryTinyelf("step", "--record", place("run"), file);
  writeFileSync(place("heat"), tinyelf("mutate", "--json", "--values", "3", file));
  return makePage(file, "--recording", place("run"), "--heat", place("heat"));
};

// The dark theme has other colours, and nothing else.
const rules = { light: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], dark: { type: "rule", values: ["color-contrast", "link-in-text-block"] } };

test("axe finds no fault of WCAG 2 A and AA, in both themes and all views", async () => {
  for (const file of [build("hello.s"), overlapping()]) {
    const path = withEverything(file);
    for (const colorScheme of ["light", "dark"]) {
      await withPage(path, { colorScheme, bypassCSP: true }, async (page) => {
        await page.addScriptTag({ content: axeSource });
        const views = await page.$$eval("#views button", (all) => all.map((one) => one.dataset.view));
        assert.deepEqual(views, ["owners", "heat", "run"]);
        for (const view of views) {
          await page.click("#views [data-view=" + view + "]");
          const { violations } = await page.evaluate((rules) => axe.run(document, { runOnly: rules, resultTypes: ["violations"], selectors: false }), rules[colorScheme]);
          assert.deepEqual(violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html).slice(0, 3)), [], colorScheme + " " + view);
        }
      });
    }
  }
});

test("390 pixels: no sideways scroll, a sheet that closes, targets of 44 pixels", async () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  for (const file of [build("hello.s"), overlapping()]) {
    await withPage(withEverything(file), phone, async (page) => {
      const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      for (const view of ["owners", "heat", "run"]) {
        await page.tap("#views [data-view=" + view + "]");
        assert.ok((await wide()) <= 0, view + " scrolls sideways");
      }
      await page.tap("#views [data-view=owners]");
      await page.tap("#grid [data-offset=\"24\"]");
      assert.ok(await page.isVisible("#card"));
      await page.tap("#close");
      assert.ok(!(await page.isVisible("#card")));
      const small = await page.$$eval("button, input, #grid [data-offset], #list [data-owner]", (all) =>
        all.filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML.slice(0, 80)));
      assert.deepEqual(small, []);
    });
  }
});

test("1280 pixels at 200 %, and all widths around the changes of the layout: no sideways scroll", async () => {
  for (const file of [build("hello.s"), overlapping()]) {
    await withPage(makePage(file), {}, async (page) => {
      for (const width of [320, 639, 640, 700, 739, 740, 859, 860, 1169, 1170]) {
        await page.setViewportSize({ width, height: 400 });
        // The page lays its rows anew when it is told of the width.
        await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth, null);
      }
    });
  }
});

test("forced colours keep bars and selection apart", async () => {
  await withPage(makePage(build("hello.s")), { forcedColors: "active" }, async (page) => {
    const look = (selector) => page.$eval(selector, (one) => getComputedStyle(one).backgroundColor);
    assert.notEqual(await look("#grid .selected"), await look("#grid [data-offset=\"160\"]"));
  });
});

// How many pages a print has.
const printed = async (path, format) => {
  let pages;
  await withPage(path, {}, async (page) => {
    const pdf = await page.pdf({ format, landscape: true, printBackground: true });
    pages = (pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) || []).length;
  });
  return pages;
};

// The smallest size of text that paper shows, in pixels of the style.
const smallest = () => {
  const sizes = [...document.querySelectorAll("body *")]
    .filter((one) => one.getClientRects().length && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((one) => !one.closest("#live, script, style"))
    .map((one) => parseFloat(getComputedStyle(one).fontSize));
  return Math.min(...sizes);
};

test("A3 and A4 are one page, for the lecture's program and for 84 bytes", async () => {
  for (const file of [build("hello.s"), overlapping()])
    for (const format of ["A3", "A4"]) assert.equal(await printed(makePage(file), format), 1, file + " " + format);
});

test("labels have at least 5.5 points on A4, which is A3 scaled by the root of a half", async () => {
  for (const file of [build("hello.s"), overlapping()]) {
    await withPage(makePage(file), {}, async (page) => {
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      await page.emulateMedia({ media: "print" });
      const points = (await page.evaluate(smallest)) * 0.75 * Math.SQRT1_2;
      assert.ok(points >= 5.5, points.toFixed(2) + " points");
    });
  }
});

test("paper shows no controls and no selection, and keeps colours", async () => {
  await withPage(makePage(build("hello.s")), { colorScheme: "dark" }, async (page) => {
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.emulateMedia({ media: "print" });
    for (const selector of ["#views", "#theme", "#keys", "#goto"]) assert.ok(!(await page.isVisible(selector)), selector);
    assert.equal(await page.$$eval("#grid .selected", (all) => all.length), 0);
    assert.match(await page.$eval("#grid [data-offset=\"0\"]", (one) => getComputedStyle(one).printColorAdjust), /exact/);
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    await page.emulateMedia({ media: "screen" });
    assert.equal(await page.$$eval("#grid .selected", (all) => all.length), 1);
  });
});
