// The card of the selected byte, and the panel of the verdict and its remarks.
(() => {
  const { model, el, at, hex } = page;
  const body = page.get("card-body");
  const READERS = { kernel: "Linux, to start the program", program: "the program when it runs", tools: "tools: linkers, debuggers, readelf" };
  const code = (text) => text && el("code", "", text);

  // A pair of the card's table; one without a value is left out.
  page.pair = (table, name, ...value) => {
    if (value[0]) table.append(el("dt", "", name), el("dd", "", "", ...value));
  };
  const { pair } = page;

  const bytesOf = (from, to) => Array.from(model.bytes.subarray(from, Math.min(to, from + 16)), (one) => hex(one, 2)).join(" ") + (to - from > 16 ? " …" : "");
  const single = (offset) => {
    const byte = model.bytes[offset];
    return hex(byte, 2) + "  " + byte + (byte > 31 && byte < 127 ? "  '" + String.fromCharCode(byte) + "'" : "") + "  " + byte.toString(2).padStart(8, "0");
  };

  page.button = (className, text, act) => {
    const button = el("button", className, text);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  };
  // A button that goes to an owner, or to a place.
  page.link = (text, offset, owner) => page.button("link" + (owner ? " k-" + page.kind(owner) : ""), text, () => page.select(offset, owner, { push: true }));

  const bits = (owner) => {
    if (!owner.bits) return null;
    const chips = owner.bits.map(({ name, low, width, value }) => {
      const chip = el("span", value ? "bit on" : "bit", width > 1 ? name + " = " + value : value + " " + name);
      chip.title = width > 1 ? "bits " + low + " to " + (low + width - 1) : "bit " + low;
      return chip;
    });
    return el("span", "bits", "", ...chips);
  };

  const leads = (owner) => {
    const target = page.target(owner);
    const { refers } = owner;
    if (!refers) return null;
    if (!target) return refers.offset !== null ? at(refers.offset) + ", past the end of the file" : refers.address && refers.address + ", not in the file";
    const there = page.targetOwner(owner);
    return page.link(at(target.offset) + (there ? " " + page.title(there) : ""), target.offset, there);
  };

  page.cardHead = (element, { offset, owner }) => {
    const address = page.address(offset);
    const title = el("h2", owner ? "k-" + page.kind(owner) : "", "", el("span", "what", owner ? page.title(owner) : "unclaimed"), owner && el("span", "chip", page.part(owner).title));
    element.append(el("p", "where", "Offset " + at(offset) + (address ? ", in memory " + address : "")), title);
  };

  const ownerTable = (offset, owner) => {
    const table = el("dl");
    const end = page.end(owner);
    const length = end - owner.offset;
    pair(table, "value", code(owner.value));
    pair(table, "bits", bits(owner));
    if (owner.meaning) pair(table, "purpose", owner.purpose);
    pair(table, "leads to", leads(owner));
    pair(table, "bytes", code(bytesOf(owner.offset, end)));
    pair(table, "this byte", code(single(offset)));
    pair(table, "place", code(at(owner.offset) + (length > 1 ? " to " + at(end - 1) + ", " : ", ") + page.count(length, "byte")));
    pair(table, "read by", READERS[owner.reader] || owner.reader);
    pair(table, "symbol", code(owner.symbol));
    for (const one of model.verdict.remarks) if (one.offset === owner.offset && one.length === owner.length) pair(table, one.who, one.text);
    return table;
  };

  const ownerCard = (element, { offset, owner }) => {
    const said = owner.meaning === page.title(owner) ? "" : owner.meaning || owner.purpose;
    if (page.isGuilty(owner)) element.append(el("p", "blame", "✗ " + model.verdict.words));
    if (said) element.append(el("p", page.isMono(owner) ? "meaning mono" : "meaning", said));
    element.append(ownerTable(offset, owner));
    const rest = page.ownersAt(offset).filter((one) => one !== owner);
    if (!rest.length) return;
    const also = el("p", "also", "this byte is also ");
    for (const one of rest.slice(0, 8)) also.append(page.link(page.title(one), offset, one), " ");
    if (rest.length > 8) also.append("and " + (rest.length - 8) + " more");
    element.append(also);
  };

  const freeCard = (element, offset) => {
    const table = el("dl");
    pair(table, "this byte", code(single(offset)));
    element.append(el("p", "meaning", model.elf ? "No structure of the file names this byte." : "The file is no ELF file, so nothing names its bytes."), table);
  };

  page.drawCard = (selection) => {
    body.replaceChildren();
    if (page.view.card) return page.view.card(body, selection);
    if (!model.size) return body.append(el("p", "meaning", "The file has no bytes."));
    page.cardHead(body, selection);
    if (selection.owner) ownerCard(body, selection);
    else freeCard(body, selection.offset);
  };
  const card = page.get("card");
  page.openCard = (open) => card.classList.toggle("closed", !open);
  page.get("close").addEventListener("click", () => page.openCard(false));
  page.onSelect.push((selection) => {
    page.drawCard(selection);
    page.openCard(true);
    card.scrollTop = 0;
  });

  const linkTo = ({ offset, length }, text) => {
    const owner = page.ownersAt(offset).find((one) => one.offset === offset && one.length === length);
    return page.link(text || (owner ? page.title(owner) : at(offset)), offset, owner);
  };
  const remark = (one) => el("li", "", "", el("span", "chip", one.who), " " + one.text + " ", one.offset !== null && one.offset < model.size && linkTo(one, at(one.offset)));

  page.drawVerdict = () => {
    const { state, words, kernel, remarks, guilty } = model.verdict;
    const button = page.get("verdict");
    const panel = page.get("remarks");
    const list = el("ol", "", "", ...remarks.map(remark));
    button.dataset.state = state;
    button.hidden = !words;
    button.title = words;
    button.append(el("b", "", (state === "starts" ? "✓ " : state === "none" ? "" : "✗ ") + words.replace(/^(Linux refuses it):.*/, "$1")), remarks.length ? ", " + page.count(remarks.length, "remark") : "");
    panel.append(el("p", "", "", el("b", "", words + (kernel ? " (Linux " + kernel + ") " : " ")), guilty && linkTo(guilty)), list);
    if (remarks.length) page.get("printed").append(el("h2", "", page.count(remarks.length, "remark")), list.cloneNode(true));
    page.showRemarks = (open) => {
      panel.hidden = !open;
      button.setAttribute("aria-expanded", open);
    };
    button.addEventListener("click", () => page.showRemarks(panel.hidden));
  };
})();
