// Everything in the file as a list: a row an owner, under the titles of their structures.
(() => {
  const model = page.model;
  const list = page.get("list");
  const inner = page.el("div", "rows");
  const ROW = 24;
  const rowHeight = matchMedia("(pointer: coarse)").matches ? 44 : ROW;

  // The structure that an owner is listed under: [key, title].
  const group = (owner) => {
    const part = page.part(owner);
    const numbered = /\[(\d+)\]$/.exec(owner.owner);
    if (owner.field && numbered) return [owner.owner, page.capital(part.title) + " " + numbered[1]];
    const symbol = page.isCode(owner) && owner.symbol;
    return [part.name + " " + (symbol || ""), page.capital(part.title) + (symbol ? ": " + symbol : "")];
  };

  // What the list has: owners' numbers, and titles as -1 - their number. A small file's structures are kept together, since
  // they may lie over each other; a large file is listed from its first byte to its last.
  const titles = [];
  const lines = [];
  const build = () => {
    const groups = new Map();
    let last = null;
    for (const owner of model.owners) {
      const [key, title] = group(owner);
      const name = page.everything ? key : key === last ? key : key + " " + titles.length;
      if (page.everything ? !groups.has(key) : key !== last) {
        groups.set(name, []);
        titles.push({ title, kind: page.kind(owner) });
        if (page.everything) groups.get(name).push(-titles.length);
        else lines.push(-titles.length);
      }
      last = key;
      if (page.everything) groups.get(key).push(owner.id);
      else lines.push(owner.id);
    }
    if (page.everything) for (const part of groups.values()) lines.push(...part);
  };
  build();
  const lineOf = new Int32Array(model.owners.length);
  lines.forEach((id, line) => id >= 0 && (lineOf[id] = line));

  const words = (owner) => {
    const name = owner.field || (page.isCode(owner) ? "" : owner.label && owner.meaning ? owner.label : owner.owner);
    const value = owner.value ? page.el("b", "", owner.value) : null;
    const meaning = owner.meaning || (owner.value ? "" : page.part(owner).title);
    const text = page.el("span", "said" + (owner.value ? "" : " mono"), "", value, value && meaning ? " " : null, page.el("span", "", meaning));
    return [name && page.kind(owner) !== "text" ? page.el("span", "named", name) : null, text];
  };

  const drawTitle = (number) => {
    const { title, kind } = titles[number];
    const element = page.el("div", "title k-" + kind, title);
    element.setAttribute("role", "presentation");
    element.drawn = null;
    return element;
  };

  const drawLine = (line) => {
    const id = lines[line];
    if (id < 0) return drawTitle(-1 - id);
    const owner = model.owners[id];
    const [name, text] = words(owner);
    const element = page.el("div", "", "", page.el("span", "offset", page.hex(owner.offset, page.digits)), name, text, page.everything && owner.purpose && page.el("span", "purpose", owner.purpose));
    element.id = "owner-" + id;
    element.dataset.owner = id;
    element.setAttribute("role", "option");
    element.drawn = { owner, base: "line k-" + page.kind(owner) + (name ? "" : " whole") + (page.isGuilty(owner) ? " guilty" : "") };
    paint(element);
    return element;
  };

  const paint = (element) => {
    if (!element.drawn) return;
    const { owner, base } = element.drawn;
    const chosen = !page.printing && owner === page.selection.owner;
    const more = page.ask("ownerClass", owner);
    element.className = base + (chosen ? " chosen" : "") + (more ? " " + more : "");
    element.setAttribute("aria-selected", chosen);
  };

  const scroller = page.everything ? null : page.scroller(list, inner, {
    count: lines.length,
    top: (line) => line * rowHeight,
    draw: drawLine,
    pinned: () => (page.selection.owner ? [lineOf[page.selection.owner.id]] : []),
  });
  const shown = () => (scroller ? [...scroller.drawn.values()] : [...inner.children]);
  page.repaintList = () => shown().forEach(paint);
  page.layList = () => {
    if (scroller) return scroller.reset();
    inner.replaceChildren(...lines.map((id, line) => drawLine(line)));
    if (!lines.length) inner.append(page.el("p", "empty", model.size ? "No ELF file: nothing in it has a name." : "There is nothing in it."));
  };

  // Scrolls the list alone, never the page.
  const reveal = (element) => {
    const top = element.offsetTop;
    const low = top + element.offsetHeight;
    if (top < list.scrollTop + 30) list.scrollTop = top - 30;
    else if (low > list.scrollTop + list.clientHeight) list.scrollTop = low - list.clientHeight + 8;
  };
  page.onSelect.push(({ owner }) => {
    if (owner && scroller) scroller.show(lineOf[owner.id]);
    page.repaintList();
    list.removeAttribute("aria-activedescendant");
    if (!owner) return;
    list.setAttribute("aria-activedescendant", "owner-" + owner.id);
    if (!scroller) reveal(page.get("owner-" + owner.id));
  });

  list.addEventListener("click", (event) => {
    const line = event.target.closest("[data-owner]");
    if (!line) return;
    const owner = model.owners[line.dataset.owner];
    page.select(owner.offset, owner, { push: true });
  });

  // The owner some lines further in the list.
  const lineFrom = (step) => {
    let line = page.selection.owner ? lineOf[page.selection.owner.id] + step : 0;
    while (line >= 0 && line < lines.length && lines[line] < 0) line += Math.sign(step) || 1;
    return model.owners[lines[Math.max(0, Math.min(line, lines.length - 1))]] || null;
  };
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }[event.key];
    if (!step || !lines.length) return;
    event.preventDefault();
    event.stopPropagation();
    const owner = lineFrom(step);
    if (owner) page.select(owner.offset, owner);
  });

  list.tabIndex = 0;
  if (lines.length) list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Everything in the file");
  list.className = scroller ? "windowed" : "";
  list.style.setProperty("--line", rowHeight + "px");
  list.style.setProperty("--place", page.digits * 7.4 + 4 + "px");
  list.append(inner);
})();
