// A run is replayed step by step, and the heat map says what changes did.
import { test } from "node:test";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { build, card, makePage, place, selected, text, tinyelf, tryTinyelf, useBrowser, withPage } from "./page.js";

useBrowser();

test("a recorded run goes from its first step to Hello world, and back", async () => {
  const file = build("hello.s");
  tryTinyelf("step", "--record", place("run"), file);
  await withPage(makePage(file, "--recording", place("run")), {}, async (page) => {
    await page.click("#views [data-view=run]");
    assert.match(await text(page, "#step"), /step 0 of 8/);
    assert.ok(await page.isDisabled("#first"));
    for (let step = 1; step <= 5; step++) await page.click("#on");
    assert.match(await text(page, "#output"), /Hello world/);
    assert.match(await card(page), /write\(1, /);
    assert.match(await text(page, "#registers"), /rax/);
    assert.equal(await selected(page), 0x96);
    assert.ok(await page.$("#list .next"));
    assert.equal(await page.$$eval("#list .done", (all) => all.length), 5);
    await page.keyboard.press("[");
    assert.match(await text(page, "#step"), /step 4 of 8/);
    assert.doesNotMatch(await card(page), /Hello world\n/);
    await page.click("#last");
    assert.match(await card(page), /exit/);
    assert.ok(await page.isDisabled("#on"));
    await page.keyboard.press("{");
    assert.match(await text(page, "#step"), /step 0 of 8/);
  });
});

test("a heat map shows which bytes matter, and outcomes with counts", async () => {
  const file = build("hello.s");
  writeFileSync(place("heat"), tinyelf("mutate", "--json", "--values", "5", file));
  await withPage(makePage(file, "--heat", place("heat")), { hash: "#p_flags" }, async (page) => {
    await page.click("#views [data-view=heat]");
    const look = (offset) => page.$eval("#grid [data-offset=\"" + offset + "\"]", (cell) => getComputedStyle(cell).backgroundColor);
    assert.notEqual(await look(0), await look(9), "the magic number matters, ei_pad does not");
    assert.match(await text(page, "#legend"), /no value matters/);
    await page.click("#grid [data-offset=\"0\"]");
    assert.match(await card(page), /refused|Linux refuses/);
  });
});

test("a run in the sandbox, made for the page", async () => {
  await withPage(makePage(build("hello.s"), "--run"), {}, async (page) => {
    await page.click("#views [data-view=run]");
    await page.click("#last");
    assert.match(await text(page, "#output"), /Hello world/);
  });
});
