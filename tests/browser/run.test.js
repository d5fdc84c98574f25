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
    assert.match(await card(page), /5 of 5 other values change something/);
    assert.match(await card(page), /refused by execve\s+5\s+ENOEXEC/);
    await page.keyboard.press("ArrowLeft");
    assert.equal(await selected(page), 0, "the first byte is the first");
    const frame = await page.$eval("#grid .selected", (cell) => [getComputedStyle(cell).outlineStyle, getComputedStyle(cell).backgroundColor]);
    assert.deepEqual(frame, ["solid", "rgb(254, 232, 56)"], "the selection is a frame around the byte's colour");
  });
});

test("a part of a heat map says what was not tried", async () => {
  const file = build("hello.s");
  writeFileSync(place("part"), tinyelf("mutate", "--json", "--field", "p_flags", file));
  await withPage(makePage(file, "--heat", place("part")), {}, async (page) => {
    await page.click("#views [data-view=heat]");
    assert.match(await text(page, "#legend"), /not tried/);
    await page.click("#grid [data-offset=\"0\"]");
    assert.match(await card(page), /Not tried/);
    await page.click("#grid [data-offset=\"68\"]");
    assert.match(await card(page), /128 of 255 other values change something/);
  });
});

test("what a recording did not run is hatched, also where owners are shown", async () => {
  const file = build("ring3.s");
  tryTinyelf("step", "--record", place("faults"), file);
  await withPage(makePage(file, "--recording", place("faults")), {}, async (page) => {
    const hatched = () => page.$$eval("#grid .bar.not-run", (bars) => bars.filter((bar) => getComputedStyle(bar).backgroundImage.includes("repeating-linear-gradient")).length);
    assert.ok((await hatched()) > 0);
    await page.click("#views [data-view=run]");
    assert.ok((await hatched()) > 0);
    await page.click("#last");
    assert.match(await card(page), /killed by SIGSEGV/);
    assert.equal(await page.$("#list .next"), null);
  });
});

test("buttons keep the focus, and the first register that changes is bold with an arrow", async () => {
  const file = build("hello.s");
  tryTinyelf("step", "--record", place("focus"), file);
  await withPage(makePage(file, "--recording", place("focus")), {}, async (page) => {
    await page.click("#views [data-view=run]");
    await page.focus("#on");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    assert.match(await text(page, "#step"), /step 2 of 8/);
    assert.equal(await page.evaluate(() => document.activeElement.id), "on");
    assert.match(await text(page, "#registers .changed"), /rdi\s*→\s*0x1/);
    assert.match(await text(page, "#live"), /step 2 of 8, next mov/);
    assert.doesNotMatch(await card(page), /0x7ff/, "the stack's address is left out");
  });
});

test("a run in the sandbox, made for the page", async () => {
  await withPage(makePage(build("hello.s"), "--run"), {}, async (page) => {
    await page.click("#views [data-view=run]");
    await page.click("#last");
    assert.match(await text(page, "#output"), /Hello world/);
  });
});
