// The colours of page.css: contrast of text on tints, and distances for readers who are colour-blind.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const css = readFileSync(new URL("../../elfgen/tinyelf/commands/explain/page/page.css", import.meta.url), "utf8");
const constants = (selector) => {
  const start = css.indexOf(selector + " {");
  assert.ok(start >= 0, selector);
  const rule = css.slice(start, css.indexOf("}", start));
  return Object.fromEntries([...rule.matchAll(/--([a-z-]+):\s*([^;]+);/g)].map((one) => [one[1], one[2].trim()]));
};
const light = constants(":root");
const dark = { ...light, ...constants(":root[data-theme=\"dark\"]") };
const KINDS = ["ehdr", "phdr", "code", "text", "shdr", "table", "note"];

const linear = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
const luminance = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const contrast = (a, b) => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};
const toLab = ([r, g, b]) => {
  const [l, m, s] = [0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b, 0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b, 0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b].map(Math.cbrt);
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
};
const fromLab = ([L, a, b]) => {
  const [l, m, s] = [L + 0.3963377774 * a + 0.2158037573 * b, L - 0.1055613458 * a - 0.0638541728 * b, L - 0.0894841775 * a - 1.291485548 * b].map((c) => c ** 3);
  return [4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s, -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s].map((c) => Math.min(1, Math.max(0, c)));
};
const mix = (a, b, share) => fromLab(toLab(a).map((c, i) => c * share + toLab(b)[i] * (1 - share)));
const distance = (a, b) => 100 * Math.hypot(...toLab(a).map((c, i) => c - toLab(b)[i]));

// Machado, Oliveira and Fernandes 2009, severity 1.
const BLIND = {
  nobody: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};
const seen = (m, [r, g, b]) => [0, 3, 6].map((i) => Math.min(1, Math.max(0, m[i] * r + m[i + 1] * g + m[i + 2] * b)));

for (const [name, theme] of [["light", light], ["dark", dark]]) {
  const colour = (key) => linear(theme[key]);
  const share = (key) => parseFloat(theme[key]) / 100;
  const tint = (kind) => mix(colour(kind), colour("paper"), share("mix"));
  const bar = (kind) => mix(colour(kind), colour("paper"), share("bar-mix"));

  test(name + ": text has a contrast of 4.5 on paper, tints and bars", () => {
    for (const ink of ["ink", "soft"]) {
      assert.ok(contrast(colour(ink), colour("paper")) >= 4.5, ink);
      for (const kind of KINDS) assert.ok(contrast(colour(ink), tint(kind)) >= 4.5, ink + " on " + kind + ": " + contrast(colour(ink), tint(kind)).toFixed(2));
    }
    for (const kind of KINDS) assert.ok(contrast(colour("ink"), bar(kind)) >= 4.5, "ink on the bar of " + kind);
  });

  test(name + ": the four commonest kinds can be told apart, by everybody", () => {
    const four = KINDS.slice(0, 4);
    for (const [who, matrix] of Object.entries(BLIND)) {
      for (let i = 0; i < 4; i++) {
        for (let j = 0; j < i; j++) {
          const [a, b] = [four[i], four[j]];
          const solid = distance(seen(matrix, colour(a)), seen(matrix, colour(b)));
          const bars = distance(seen(matrix, bar(a)), seen(matrix, bar(b)));
          assert.ok(solid >= 14, who + ": " + a + " and " + b + " " + solid.toFixed(1));
          assert.ok(bars >= 4.5, who + ": bars of " + a + " and " + b + " " + bars.toFixed(1));
        }
      }
    }
  });
}
