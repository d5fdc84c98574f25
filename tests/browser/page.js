// What the browser tests share: files to make pages of, the browser, and pages opened in it.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import assert from "node:assert/strict";
import { after, before } from "node:test";

const packages = createRequire(join(process.env.BROWSER_PACKAGES, "package.json"));
const { chromium } = packages("playwright-core");
export const axeSource = readFileSync(packages.resolve("axe-core/axe.min.js"), "utf8");

const source = new URL("../..", import.meta.url).pathname;
let folder;
let browser;

// Call once in each test file: a folder and a browser for its tests.
export const useBrowser = () => {
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "tinyelf-browser-"));
    const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: quiet });
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
};

export const place = (name) => join(folder, name);
export const write = (name, bytes) => {
  writeFileSync(place(name), bytes, { mode: 0o755 });
  return place(name);
};
export const tinyelf = (...args) => execFileSync(process.env.TINYELF, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
// The same where the exit status is not 0 or does not matter.
export const tryTinyelf = (...args) => spawnSync(process.env.TINYELF, args, { cwd: folder, encoding: "utf8" });

// The lecture's programs, and a file of a hex source.
export const build = (name) => {
  tinyelf("build", join(source, "asm", name), "-o", place(name.replace(/\.s$/, "")));
  return place(name.replace(/\.s$/, ""));
};
export const hex = (name, text) => write(name, Buffer.from(text.replace(/#.*/g, "").replace(/\s/g, ""), "hex"));

// 84 bytes whose ELF header, program header, code and text lie over each other. It writes "Hello world" and ends.
export const overlapping = () => hex("s84", `
  7f 45 4c 46 48 8d 35 3d 00 00 00 ff c0 89 c7 a9  02 00 3e 00 b2 0c eb 18 01 00 00 00 05 00 00 00
  18 00 00 00 00 00 00 00 18 00 00 00 05 00 00 00  0f 05 b0 3c eb 04 38 00 01 00 ff cf 0f 05 00 00
  01 00 ff cf 0f 05 00 00 48 65 6c 6c 6f 20 77 6f  72 6c 64 0a`);

// The path of a page of a file.
export const makePage = (file, ...options) => {
  const page = place("page-" + Math.random().toString(36).slice(2) + ".html");
  tinyelf("explain", "--format", "html", ...options, file, "-o", page);
  return page;
};

// Opens a page, does something with it, and closes it. Any request but for the page itself, and for the files in `beside` next to it,
// is a fault, and so is any error.
export const withPage = async (path, options, act) => {
  const { hash = "", beside = [], ...settings } = options;
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...settings });
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  const faults = [];
  const url = pathToFileURL(path).href;
  const expected = [url, ...beside.map((name) => new URL(name, url).href)];
  page.on("request", (request) => expected.includes(request.url().split("#")[0]) || faults.push("request: " + request.url()));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push("console: " + message.text()));
  page.on("pageerror", (error) => faults.push("error: " + error.stack));
  page.on("dialog", (dialog) => faults.push("dialog: " + dialog.message()));
  try {
    await page.goto(url + hash);
    await act(page);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
};

// The bytes that the grid shows, as hexadecimal digits.
export const shownBytes = (page) =>
  page.$$eval("#grid [data-offset]", (cells) =>
    cells.sort((a, b) => a.dataset.offset - b.dataset.offset).map((cell) => cell.textContent).join(""));
export const selected = (page) => page.$eval("#grid .selected", (cell) => Number(cell.dataset.offset));
export const card = (page) => page.$eval("#card", (element) => element.innerText);
export const text = (page, selector) => page.$eval(selector, (element) => element.innerText);
// The name that the card's heading has.
export const owner = (page) => text(page, "#card h2 .what");
