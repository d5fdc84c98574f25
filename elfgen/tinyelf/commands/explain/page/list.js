// Everything in the file as a list: a row an owner, under the titles of their structures.
(() => {
  const { model, el, attr, everything } = page;
  const { owners } = model;
  const list = page.get("list");
  const inner = el("div", "rows");
  const height = matchMedia("(pointer: coarse)").matches ? 44 : 24;

  // The structure that an owner is listed under: a key and a title.
  const group = (owner) => {
    const part = page.part(owner);
    const title = page.capital({ code: "code", text: "text" }[part.kind] || part.title);
    const numbered = /\[(\d+)\]$/.exec(owner.owner);
    if (owner.field && numbered) return [owner.owner, title + " " + numbered[1]];
    const symbol = (page.isCode(owner) && owner.symbol) || "";
    return [part.name + " " + symbol, title + (symbol && ": " + symbol)];
  };

  // What the list has: owners, and titles. A small file's structures are kept together, since they may lie over each other; a
  // large file is listed from its first byte to its last.
  const groups = new Map();
  let last = null;
  let count = 0;
  for (const owner of owners) {
    const [key, title] = group(owner);
    if (key !== last) count++;
    last = key;
    const name = everything ? key : count;
    if (!groups.has(name)) groups.set(name, [{ title, kind: page.kind(owner) }]);
    groups.get(name).push(owner);
  }
  const lines = [...groups.values()].flat();
  const lineOf = new Map(lines.map((one, line) => [one, line]));

  const drawOwner = (owner) => {
    const code = page.isCode(owner);
    const text = page.kind(owner) === "text";
    const name = owner.field || (code || text ? "" : owner.label || owner.owner);
    const said = el("span", owner.value ? "said" : "said mono", "", owner.value && el("b", "", owner.value + " "), owner.meaning || (owner.value ? "" : page.part(owner).title));
    const purpose = everything && owner.purpose && el("span", "purpose", owner.purpose);
    const line = el("div", "", "", el("span", "offset", page.hex(owner.offset, page.digits)), name && el("span", "named", name), said, purpose);
    attr(line, { id: "owner-" + owner.id, "data-owner": owner.id, role: "option" });
    line.owner = owner;
    line.base = "line k-" + page.kind(owner) + (name ? "" : " whole") + (page.isGuilty(owner) ? " guilty" : "");
    return paint(line);
  };
  const draw = (line) => {
    const one = lines[line];
    return one.title ? attr(el("div", "title k-" + one.kind, one.title), { role: "presentation" }) : drawOwner(one);
  };

  const paint = (line) => {
    const { owner } = line;
    if (!owner) return line;
    const chosen = !page.printing && owner === page.selection.owner;
    line.className = line.base + (chosen ? " chosen " : " ") + (page.ask("ownerClass", owner) || "");
    return attr(line, { "aria-selected": chosen });
  };

  const pinned = () => (page.selection.owner ? [lineOf.get(page.selection.owner)] : []);
  const view = everything ? null : page.scroller(list, inner, { count: () => lines.length, top: (line) => line * height, draw, pinned });
  page.repaintList = () => (view ? [...view.drawn.values()] : [...inner.children]).forEach(paint);
  page.layList = () => {
    if (view && lines.length) return view.reset();
    inner.replaceChildren(...lines.map((one, line) => draw(line)));
    if (!lines.length) inner.append(el("p", "empty", "Nothing in the file has a name."));
  };

  // Scrolls the list alone, never the page; a title may lie over its first row.
  const reveal = (line) => {
    const top = line.offsetTop - 30;
    const low = line.offsetTop + line.offsetHeight + 8 - list.clientHeight;
    if (list.scrollTop > top || list.scrollTop < low) list.scrollTop = list.scrollTop > top ? top : low;
  };
  page.onSelect.push(({ owner }) => {
    if (owner && view) view.show(lineOf.get(owner));
    page.repaintList();
    list.removeAttribute("aria-activedescendant");
    if (!owner) return;
    attr(list, { "aria-activedescendant": "owner-" + owner.id });
    if (!view) reveal(page.get("owner-" + owner.id));
  });

  list.addEventListener("click", (event) => {
    const line = event.target.closest("[data-owner]");
    if (line) page.select(line.owner.offset, line.owner, { push: true });
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }[event.key];
    if (!step || !lines.length) return;
    event.preventDefault();
    event.stopPropagation();
    let line = Math.max(0, Math.min(lines.length - 1, lineOf.get(page.selection.owner) + step || 0));
    while (lines[line] && lines[line].title) line += Math.sign(step);
    if (lines[line]) page.select(lines[line].offset, lines[line]);
  });

  attr(list, { tabindex: 0, "aria-label": "Everything in the file" });
  if (lines.length) attr(list, { role: "listbox" });
  list.classList.toggle("windowed", Boolean(view));
  list.style.setProperty("--line", height + "px");
  list.style.setProperty("--place", page.digits * 7.4 + 4 + "px");
  list.append(inner);
})();
