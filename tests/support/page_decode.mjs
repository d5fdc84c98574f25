// Prints the model that page/data.js makes of a page's data: node page_decode.mjs DATA.JS PAGE
import { readFileSync } from "node:fs";
const [script, page] = process.argv.slice(2).map((path) => readFileSync(path, "utf8"));
const data = page.match(/<script type="application\/json" id="data">([^<]*)<\/script>/)[1];
const model = new Function("document", script + "; return page.model;")({ getElementById: () => ({ textContent: data }) });
const owners = model.owners.map((one) => ({ ...one, base: null, owner: one.owner, name: one.name, bits: one.bits, order: one.order }));
process.stdout.write(JSON.stringify({ ...model, bytes: Array.from(model.bytes), owners }));
