// The state of the page: model, selection, views, and helpers that all the other scripts use.
//
// Contract. page.model is what data.js decoded. After boot:
//   page.selection = {offset, owner}          owner: an entry of model.owners, or null where nothing owns the byte
//   page.select(offset, owner?, {push, keep}) moves everything; push: Backspace comes back here; keep: do not scroll
//   page.ownersAt(offset), page.ownersIn(from, to)   owners of a byte, or of a range, in the order of the lanes
//   page.onSelect.push(function)              called after each selection
//   page.repaint()                            byte cells, bars and list rows take their classes and colours again
//   page.setView(id)                          leaves one view and enters another
//   page.say(text)                            is read aloud
// A view is pushed to page.views before boot; the buttons of the header have the order of ORDER below:
//   {id, title, available,
//    enter(), leave(),
//    card(element, selection)     fills the empty card; page.cardHead(element, selection) writes what every card begins with
//    byteClass(offset)            more classes of a byte cell, or ""
//    byteColour(offset)           {background, ink} of a byte cell, or null for its owners' tints
//    ownerClass(owner)            more classes of a bar and of its list row, or ""
//    legend()                     [{swatchClass, text}]; without swatchClass it is text alone
//    framed                       true if the selected byte keeps its colours: the view's style frames it
//    keys                         [[key, ..., text]]: what the key line has in this view besides
//    key(event)}                  true if it took the key
// Each of these but id and title may be absent. page.grey (set by a view in enter) draws bars without colours.
(() => {
  const model = page.model;
  const ORDER = ["owners", "heat", "run"];

  // An element with a class, a text and children; text may be null.
  page.el = (tag, className, text, ...children) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== null && text !== undefined) element.textContent = text;
    element.append(...children.filter((child) => child));
    return element;
  };
  page.attr = (element, values) => {
    for (const name of Object.keys(values)) element.setAttribute(name, values[name]);
    return element;
  };
  page.get = (id) => document.getElementById(id);
  page.hex = (number, digits) => number.toString(16).padStart(digits || 1, "0");
  page.at = (offset) => "0x" + page.hex(offset);
  page.part = (owner) => model.parts[owner.part];
  page.kind = (owner) => page.part(owner).kind;
  page.end = (owner) => Math.min(owner.offset + owner.length, model.size);
  page.isCode = (owner) => page.kind(owner) === "code";

  // What an owner is called where it stands alone.
  page.title = (owner) => {
    if (owner.field) return owner.name.replace(/^ehdr\./, "");
    if (page.isCode(owner) || page.kind(owner) === "text") return owner.meaning || owner.name;
    return owner.name;
  };

  // "3 of 7": what a count of things is called.
  page.count = (number, one, many) => number + " " + (number === 1 ? one : many || one + "s");
  page.capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  page.char = (byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : byte === 32 ? " " : "·");

  // A tree of the owners' ends: the owners of a range are found without looking at all that lie before it.
  const owners = model.owners;
  let leaves = 1;
  while (leaves < owners.length) leaves *= 2;
  const ends = new Float64Array(2 * leaves);
  owners.forEach((owner) => (ends[leaves + owner.id] = owner.offset + owner.length));
  for (let node = leaves - 1; node > 0; node--) ends[node] = Math.max(ends[2 * node], ends[2 * node + 1]);

  // The number of the first owner that begins at or after an offset.
  page.firstOwner = (offset) => {
    let low = 0;
    let high = owners.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (owners[middle].offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  page.ownersIn = (from, to) => {
    const last = page.firstOwner(to);
    const found = [];
    const walk = (node, low, width) => {
      if (low >= last || ends[node] <= from) return;
      if (node >= leaves) return void found.push(owners[low]);
      walk(2 * node, low, width / 2);
      walk(2 * node + 1, low + width / 2, width / 2);
    };
    if (last) walk(1, 0, leaves);
    return found.sort((a, b) => a.order - b.order || a.id - b.id);
  };
  page.ownersAt = (offset) => page.ownersIn(offset, offset + 1);

  // The address of a byte, or null where no segment maps it.
  page.address = (offset) => {
    for (const one of model.memory.segments) {
      if (offset >= one.fileOffset && offset < one.fileOffset + one.fileLength)
        return "0x" + (BigInt(one.start) + BigInt(offset - one.fileOffset)).toString(16);
    }
    return null;
  };

  // Where an owner's value leads to within the file: {offset, length}, or null.
  page.target = (owner) => {
    const refers = owner && owner.refers;
    if (!refers || refers.offset === null || refers.offset >= model.size) return null;
    return { offset: refers.offset, length: Math.min(refers.length || 1, model.size - refers.offset) };
  };

  // Whom an owner leads to: a header's table, else whoever begins there and is as long as the target, else whoever begins there.
  page.targetOwner = (owner) => {
    const target = page.target(owner);
    const all = page.ownersAt(target.offset).filter((one) => one.offset === target.offset);
    const kind = { e_phoff: "phdr", e_shoff: "shdr" }[owner.field];
    return all.find((one) => page.kind(one) === kind) || all.find((one) => one.length === target.length) || all[0] || null;
  };

  page.selection = { offset: 0, owner: null };
  page.onSelect = [];
  page.past = [];
  page.say = (text) => (page.get("live").textContent = text);

  const sentence = ({ offset, owner }) =>
    owner ? [page.title(owner), owner.value, owner.meaning !== page.title(owner) && owner.meaning, "at " + page.at(offset)].filter((x) => x).join(", ")
      : model.size ? page.at(offset) + ", " + page.hex(model.bytes[offset], 2) + ", unclaimed" : "The file has no bytes.";

  page.select = (offset, owner, how) => {
    const last = Math.max(0, model.size - 1);
    const next = Math.max(0, Math.min(offset, last));
    if (how && how.push) page.past.push(page.selection);
    if (!owner) {
      const all = page.ownersAt(next);
      owner = all.find((one) => one === page.selection.owner) || all[0] || null;
    }
    page.selection = { offset: next, owner };
    page.how = how || {};
    for (const each of page.onSelect) each(page.selection);
    page.say(sentence(page.selection));
    try {
      history.replaceState(null, "", "#" + page.at(next));
    } catch (error) {
      // A browser may refuse it when it comes too often.
    }
  };

  // Follows the selected owner's value.
  page.follow = () => {
    const target = page.target(page.selection.owner);
    if (target) page.select(target.offset, page.targetOwner(page.selection.owner), { push: true });
    else page.say("It leads nowhere in the file.");
  };
  page.back = () => {
    const before = page.past.pop();
    if (before) page.select(before.offset, before.owner);
  };

  // What a user types or an address has behind its #: an offset, @address, field, structure or symbol; or null.
  page.find = (text) => {
    const word = text.trim();
    if (/^(0x[0-9a-f]+|\d+)$/i.test(word)) return Number(word) < model.size ? { offset: Number(word) } : null;
    const address = /^@(0x[0-9a-f]+)$/i.exec(word);
    if (address) return findAddress(BigInt(address[1]));
    if (!word) return null;
    const named = owners.find((one) => one.field === word || one.name === word || one.owner === word);
    if (named) return { offset: named.offset, owner: named };
    const symbol = model.symbols.find((one) => one.name === word && one.offset !== null && one.offset < model.size);
    if (symbol) return { offset: symbol.offset };
    const low = word.toLowerCase();
    const like = owners.find((one) => (one.name + " " + one.label + " " + one.meaning).toLowerCase().includes(low));
    return like ? { offset: like.offset, owner: like } : null;
  };
  const findAddress = (address) => {
    for (const one of model.memory.segments) {
      const from = address - BigInt(one.start);
      if (from >= 0n && from < BigInt(one.fileLength)) return { offset: one.fileOffset + Number(from) };
    }
    return null;
  };

  page.go = (text) => {
    const found = page.find(text);
    if (found) page.select(found.offset, found.owner, { push: true });
    else page.say("Nothing here is called " + text + ".");
    return Boolean(found);
  };

  page.grey = false;
  page.view = {};
  page.ask = (name, ...rest) => (page.view[name] ? page.view[name](...rest) : null);
  page.views = [{ id: "owners", title: "Owners", available: true }];
  page.setView = (id) => {
    const next = page.views.find((one) => one.id === id);
    if (!next || !next.available || next === page.view) return;
    page.ask("leave");
    page.grey = false;
    page.view = next;
    document.documentElement.dataset.view = id;
    page.ask("enter");
    for (const button of page.get("views").children) page.attr(button, { "aria-pressed": button.dataset.view === id });
    page.drawLegend();
    page.drawKeys();
    page.repaint();
    page.drawCard(page.selection);
    page.openCard(true);
  };
  page.sortViews = () => page.views.sort((a, b) => ORDER.indexOf(a.id) - ORDER.indexOf(b.id));
})();
