// The card of the selected byte, and the panel of the verdict and its remarks.
(() => {
  const model = page.model;
  const el = page.el;
  const body = page.get("card-body");
  const READERS = { kernel: "Linux, to start the program", program: "the program when it runs", tools: "tools: linkers, debuggers, readelf", nobody: "nobody" };

  // A pair of the card's table; a value without text is left out.
  const pair = (table, name, ...value) => {
    if (value.some((one) => one)) table.append(el("dt", "", name), el("dd", "", "", ...value));
  };
  page.pair = pair;

  const bytesOf = (from, to) => {
    const some = Array.from(model.bytes.subarray(from, Math.min(to, from + 16)), (one) => page.hex(one, 2)).join(" ");
    return some + (to - from > 16 ? " …" : "");
  };
  const place = (from, to) => page.at(from) + (to - from > 1 ? " to " + page.at(to - 1) + ", " + (to - from) + " bytes" : ", 1 byte");
  const single = (offset) => {
    const byte = model.bytes[offset];
    return [page.hex(byte, 2), byte, byte > 31 && byte < 127 ? "'" + String.fromCharCode(byte) + "'" : "", byte.toString(2).padStart(8, "0")].filter((one) => one !== "").join("  ");
  };

  // A button that goes to an owner or a place.
  page.link = (text, offset, owner, kind) => {
    const button = el("button", "link" + (kind ? " k-" + kind : ""), text);
    button.type = "button";
    button.addEventListener("click", () => page.select(offset, owner, { push: true }));
    return button;
  };

  const bits = (owner) => {
    if (!owner.bits) return null;
    const all = owner.bits.map((one) => {
      const name = one.name + (one.width > 1 ? " = " + one.value : "");
      const chip = el("span", "bit" + (one.value ? " on" : ""), (one.width > 1 ? "" : one.value + " ") + name);
      chip.title = one.width > 1 ? "bits " + one.low + " to " + (one.low + one.width - 1) : "bit " + one.low;
      return chip;
    });
    return el("span", "bits", "", ...all);
  };

  const leads = (owner) => {
    const target = page.target(owner);
    if (target) {
      const there = page.targetOwner(owner);
      const button = page.link(page.at(target.offset) + (there ? " " + page.title(there) : ""), target.offset, there, there && page.kind(there));
      button.classList.add("follow");
      return button;
    }
    const refers = owner.refers;
    if (!refers) return null;
    return refers.offset !== null ? page.at(refers.offset) + ", past the end of the file" : refers.address ? refers.address + ", not in the file" : null;
  };

  const remarksOf = (owner) => model.verdict.remarks.filter((one) => one.offset === owner.offset && one.length === owner.length);
  const others = (offset, owner) => page.ownersAt(offset).filter((one) => one !== owner);

  page.cardHead = (element, { offset, owner }) => {
    const address = model.size ? page.address(offset) : null;
    element.append(el("p", "where", "Offset " + page.at(offset) + (address ? ", in memory " + address : "")));
    const title = el("h2", owner ? "k-" + page.kind(owner) : "", "", el("span", "what", owner ? page.title(owner) : "unclaimed"));
    if (owner) title.append(el("span", "chip", page.part(owner).title));
    element.append(title);
  };

  const ownerTable = (table, { offset, owner }) => {
    const end = page.end(owner);
    pair(table, "value", owner.value && el("code", "", owner.value));
    pair(table, "bits", bits(owner));
    if (owner.meaning) pair(table, "purpose", owner.purpose);
    pair(table, "leads to", leads(owner));
    pair(table, "bytes", el("code", "", bytesOf(owner.offset, end)));
    if (end - owner.offset > 1) pair(table, "this byte", el("code", "", single(offset)));
    pair(table, "place", el("code", "", place(owner.offset, end)));
    pair(table, "read by", READERS[owner.reader] || owner.reader);
    pair(table, "symbol", owner.symbol && el("code", "", owner.symbol));
    for (const one of remarksOf(owner)) pair(table, one.who, one.text);
  };

  const ownerCard = (element, selection) => {
    const { offset, owner } = selection;
    const said = owner.meaning && owner.meaning !== page.title(owner) ? owner.meaning : owner.meaning ? "" : owner.purpose;
    if (page.isGuilty(owner)) element.append(el("p", "blame", "✗ " + model.verdict.words));
    if (said) element.append(el("p", "meaning" + (page.isMono(owner) ? " mono" : ""), said));
    const table = el("dl");
    ownerTable(table, selection);
    element.append(table);
    const rest = others(offset, owner);
    if (!rest.length) return;
    const also = el("p", "also", "this byte is also ");
    for (const one of rest.slice(0, 8)) also.append(page.link(page.title(one), offset, one, page.kind(one)), " ");
    if (rest.length > 8) also.append("and " + (rest.length - 8) + " more");
    element.append(also);
  };

  const emptyCard = (element, { offset }) => {
    if (!model.size) return void element.append(el("p", "meaning", "The file has no bytes."));
    element.append(el("p", "meaning", model.elf ? "No structure of the file names this byte." : "The file is no ELF file, so nothing names its bytes."));
    const table = el("dl");
    pair(table, "this byte", el("code", "", single(offset)));
    element.append(table);
  };

  page.drawCard = (selection) => {
    body.replaceChildren();
    if (page.view && page.view.card) return void page.view.card(body, selection);
    page.cardHead(body, selection);
    if (selection.owner) ownerCard(body, selection);
    else emptyCard(body, selection);
  };
  page.onSelect.push((selection) => {
    page.drawCard(selection);
    page.get("card").classList.remove("closed");
    page.get("card").scrollTop = 0;
  });
  page.get("close").addEventListener("click", () => page.get("card").classList.add("closed"));

  const WHO = { specification: "the specification", practice: "practice", portability: "portability" };
  const remark = (one) => {
    const item = el("li", "", "", el("b", "who", WHO[one.who] || one.who), " ", el("span", "", one.text), " ");
    if (one.offset !== null && one.offset < model.size) {
      const owner = page.ownersAt(one.offset).find((other) => other.offset === one.offset && other.length === one.length);
      item.append(page.link(page.at(one.offset), one.offset, owner));
    }
    return item;
  };

  const guiltyLink = () => {
    const guilty = model.verdict.guilty;
    const owner = guilty && page.ownersAt(guilty.offset).find(page.isGuilty);
    return guilty ? page.link(owner ? page.title(owner) : page.at(guilty.offset), guilty.offset, owner) : null;
  };

  const drawRemarks = () => {
    const { words, kernel, remarks } = model.verdict;
    const text = words + (kernel ? " (Linux " + kernel + ")" : "");
    const list = el("ol", "", "", ...remarks.map(remark));
    const lines = [el("p", "", text + " ", guiltyLink()), remarks.length ? list : el("p", "", "Nothing about the file is remarkable.")];
    page.get("remarks").append(...lines);
    page.get("printed").append(el("h2", "", remarks.length ? page.count(remarks.length, "remark") : ""), list.cloneNode(true));
  };

  page.drawVerdict = () => {
    const { state, words, remarks } = model.verdict;
    const button = page.get("verdict");
    button.dataset.state = state;
    if (state === "none" && !words && !remarks.length) return void (button.hidden = true);
    const mark = state === "starts" ? "✓ " : state === "none" ? "" : "✗ ";
    const count = remarks.length ? ", " + page.count(remarks.length, "remark") : "";
    button.append(el("span", "verdict-words", mark + (state === "refused" ? words.replace(/:.*/, "") : words)), el("span", "remark-count", count));
    button.title = words;
    drawRemarks();
    const panel = page.get("remarks");
    page.showRemarks = (open) => {
      panel.hidden = !open;
      button.setAttribute("aria-expanded", open);
    };
    button.addEventListener("click", () => page.showRemarks(panel.hidden));
  };
})();
