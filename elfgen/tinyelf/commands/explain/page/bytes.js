// The bytes: a row of cells, and under them a bar an owner with its name in it. Up to 1 KiB all rows are in the document.
(() => {
  const model = page.model;
  const bytes = model.bytes;
  const grid = page.get("grid");
  const inner = page.el("div", "rows");
  const LANES = 12;
  page.everything = model.size <= 1024;
  page.digits = Math.max(4, page.hex(Math.max(0, model.size - 1)).length);

  // Measures that the style has too; names must fit the cells.
  const measure = { columns: 16, byte: 36, cell: 22, bar: 16, gap: 7 };
  page.measure = measure;
  const wide = matchMedia("(min-width: 640px)");
  const fit = () => {
    const style = getComputedStyle(grid);
    const number = (name) => parseFloat(style.getPropertyValue(name));
    measure.columns = wide.matches || page.printing ? 16 : 8;
    measure.byte = number("--byte");
    if (measure.columns === 8) measure.byte = Math.min(60, Math.floor((grid.clientWidth - number("--gutter") - number("--edge")) / 8));
    grid.style.setProperty("--width", measure.byte + "px");
    for (const name of ["cell", "bar", "gap"]) measure[name] = number("--" + name);
  };

  const magicEnd = model.owners.filter(page.isMagic).reduce((end, one) => Math.max(end, page.end(one)), 0);
  const end = (owner) => (page.isMagic(owner) ? magicEnd : page.end(owner));
  const hasBar = (owner) => !page.isMagic(owner) || owner.offset === 0;
  page.rowOf = (offset) => Math.floor(offset / measure.columns);

  // The bars of a row, each in the lowest lane that is free: {pieces: [{owner, lane, from, to}], lanes, hidden}.
  const pack = (row) => {
    const from = row * measure.columns;
    const to = Math.min(from + measure.columns, model.size);
    const most = page.everything ? LANES : 3;
    const lanes = [];
    const pieces = [];
    let hidden = 0;
    for (const owner of page.ownersIn(from, to)) {
      if (!hasBar(owner)) continue;
      const piece = { owner, lane: 0, from: Math.max(owner.offset, from) - from, to: Math.min(end(owner), to) - from };
      const mask = ((1 << (piece.to - piece.from)) - 1) << piece.from;
      while (lanes[piece.lane] & mask) piece.lane++;
      if (piece.lane >= most) {
        hidden++;
        continue;
      }
      lanes[piece.lane] |= mask;
      pieces.push(piece);
    }
    return { pieces, lanes: lanes.length, hidden };
  };

  const tint = (kind) => "var(--t-" + kind + ")";
  const layers = (kinds) => "linear-gradient(" + kinds.map((kind, i) => tint(kind) + " " + (100 * i) / kinds.length + "% " + (100 * (i + 1)) / kinds.length + "%").join(",") + ")";
  const matters = (owner) => owner.reader === "kernel" || owner.reader === "program";

  const drawCell = (offset, owners) => {
    const cell = page.el("span", "byte", page.hex(bytes[offset], 2));
    cell.dataset.offset = offset;
    cell.setAttribute("role", "gridcell");
    cell.setAttribute("aria-colindex", (offset % measure.columns) + 2);
    cell.setAttribute("aria-label", page.hex(bytes[offset], 2) + " at " + page.at(offset) + ", " + (owners.slice(0, 4).map(page.title).join(", ") || "unclaimed"));
    const kinds = owners.slice(0, 4).map(page.kind);
    const one = new Set(kinds).size === 1;
    return { element: cell, offset, owners, base: "byte" + (kinds.length ? (one ? " k-" + kinds[0] : "") + (owners.some(matters) ? " bold" : "") : " free"), fill: one || !kinds.length ? "" : layers(kinds), now: "" };
  };

  const drawBar = (piece, row) => {
    const room = (piece.to - piece.from) * measure.byte - 9;
    const owner = piece.owner;
    const bar = page.el("span", "bar", page.label(owner, room));
    bar.dataset.owner = owner.id;
    bar.title = page.title(owner) + (owner.value ? " = " + owner.value : "");
    bar.style.gridColumn = piece.from + 2 + "/" + (piece.to + 2);
    bar.style.gridRow = piece.lane + 2;
    const begins = owner.offset === row * measure.columns + piece.from;
    const ends = end(owner) === row * measure.columns + piece.to;
    const base = "bar k-" + page.kind(owner) + (begins ? " begins" : "") + (ends ? " ends" : "") + (page.isMono(owner) ? " mono" : "") + (page.isGuilty(owner) ? " guilty" : "");
    return { element: bar, owner, base, now: "" };
  };

  const drawRow = (row) => {
    const from = row * measure.columns;
    const to = Math.min(from + measure.columns, model.size);
    const packed = pack(row);
    const element = page.el("div", "row");
    element.setAttribute("role", "row");
    element.setAttribute("aria-rowindex", row + 1);
    const head = page.el("span", "offset", page.hex(from, page.digits));
    head.setAttribute("role", "rowheader");
    element.append(head);
    const drawn = { element, from, to, cells: [], bars: [], ascii: page.el("span", "ascii", "", page.el("span"), page.el("span"), page.el("span")) };
    for (let offset = from; offset < to; offset++) drawn.cells.push(drawCell(offset, packed.pieces.length ? page.ownersAt(offset) : []));
    for (const piece of packed.pieces) drawn.bars.push(drawBar(piece, row));
    const hide = (one) => (one.setAttribute("aria-hidden", "true"), one);
    element.append(...drawn.cells.map((one) => one.element), hide(drawn.ascii));
    element.append(...drawn.bars.map((one) => hide(one.element)));
    if (packed.hidden) {
      const more = hide(page.el("span", "hidden-lanes", "+" + packed.hidden));
      more.title = page.count(packed.hidden, "more owner");
      more.style.gridRow = packed.lanes > 3 ? 4 : packed.lanes + 1;
      element.append(more);
    }
    element.drawn = drawn;
    paintRow(drawn);
    return element;
  };

  const setClass = (one, name) => {
    if (one.now === name) return;
    one.now = name;
    one.element.className = name;
  };

  const paintCell = (one, marks) => {
    const { offset, element } = one;
    let name = one.base;
    const chosen = !page.printing && offset === page.selection.offset;
    if (chosen) name += " selected";
    if (marks.owned(offset)) name += " owned";
    if (marks.target(offset)) name += " target";
    if (marks.guilty(offset)) name += " guilty";
    const more = page.ask("byteClass", offset);
    setClass(one, more ? name + " " + more : name);
    const colour = page.ask("byteColour", offset);
    const fill = colour ? colour.background : one.fill;
    if (one.filled !== fill) {
      one.filled = fill;
      element.style.background = fill;
    }
    const ink = colour && !(chosen && !page.view.framed) ? colour.ink : "";
    if (one.ink !== ink) {
      one.ink = ink;
      element.style.color = ink;
    }
    if (one.chosen !== chosen) {
      one.chosen = chosen;
      element.tabIndex = offset === page.selection.offset ? 0 : -1;
      element.setAttribute("aria-selected", chosen);
    }
  };

  const inside = (range) => (offset) => Boolean(range) && offset >= range.offset && offset < range.offset + range.length;
  const marks = () => {
    const owner = page.printing ? null : page.selection.owner;
    return { owned: inside(owner), target: inside(page.printing ? null : page.target(owner)), guilty: inside(model.verdict.guilty) };
  };

  const paintText = (drawn, owned) => {
    const from = [...drawn.cells].findIndex((one) => owned(one.offset));
    const count = drawn.cells.filter((one) => owned(one.offset)).length;
    const text = Array.from(bytes.subarray(drawn.from, drawn.to), page.char).join("");
    const cuts = from < 0 ? [text, "", ""] : [text.slice(0, from), text.slice(from, from + count), text.slice(from + count)];
    cuts.forEach((part, i) => (drawn.ascii.children[i].textContent = part));
  };

  const paintRow = (drawn) => {
    const all = marks();
    for (const one of drawn.cells) paintCell(one, all);
    paintText(drawn, all.owned);
    const chosen = page.printing ? null : page.selection.owner;
    for (const one of drawn.bars) {
      const isChosen = one.owner === chosen || (chosen && page.isMagic(one.owner) && page.isMagic(chosen));
      const more = page.ask("ownerClass", one.owner);
      setClass(one, one.base + (isChosen ? " chosen" : "") + (page.grey ? " grey" : "") + (more ? " " + more : ""));
    }
  };

  let rows = [];
  let tops = null;
  page.drawnRows = () => (page.everything ? rows : [...view.drawn.values()]);
  page.rowElement = (row) => (page.everything ? rows[row] : view.drawn.get(row)) || null;
  const view = page.everything ? null : page.scroller(grid, inner, {
    get count() {
      return tops.length - 1;
    },
    top: (row) => tops[row],
    draw: drawRow,
    pinned: () => [page.rowOf(page.selection.offset)],
    drawn: () => page.drawArrow && page.drawArrow(),
  });

  // How far below the top of the rows a row begins; rows that are not in the document have a place, too.
  page.rowTop = (row) => (page.everything ? rows[row].offsetTop : view.offset(row));
  page.rowsShown = () => Math.max(1, Math.floor((page.everything ? innerHeight : view.room()) / (measure.cell + measure.bar + measure.gap)) - 2);

  const measureRows = (count) => {
    tops = new Float64Array(count + 1);
    for (let row = 0; row < count; row++) tops[row + 1] = tops[row] + measure.gap + measure.cell + measure.bar * Math.min(3, pack(row).lanes);
  };

  page.layBytes = () => {
    fit();
    grid.style.setProperty("--columns", measure.columns);
    const count = Math.ceil(model.size / measure.columns);
    if (!count) return void (page.everything && inner.replaceChildren(page.el("p", "empty", "The file has no bytes.")));
    grid.setAttribute("aria-rowcount", count);
    grid.setAttribute("aria-colcount", measure.columns + 1);
    if (!page.everything) {
      measureRows(count);
      view.reset();
      view.show(page.rowOf(page.selection.offset));
      return;
    }
    rows = [];
    for (let row = 0; row < count; row++) rows.push(drawRow(row));
    inner.replaceChildren(...rows);
  };

  page.repaintBytes = () => {
    for (const row of page.drawnRows()) paintRow(row.drawn);
  };

  const focusCell = (held) => {
    const cell = grid.querySelector("[data-offset=\"" + page.selection.offset + "\"]");
    if (!cell) return;
    if (held || page.how.focus) cell.focus({ preventScroll: true });
    if (page.everything && !page.how.keep) cell.parentElement.scrollIntoView({ block: "nearest" });
  };
  page.onSelect.push(() => {
    if (!model.size) return;
    const held = grid.contains(document.activeElement);
    if (view && !page.how.keep) view.show(page.rowOf(page.selection.offset));
    else if (view) view.paint();
    page.repaintBytes();
    focusCell(held);
  });

  grid.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-offset]");
    const bar = event.target.closest("[data-owner]");
    if (cell) page.select(Number(cell.dataset.offset), null, { keep: true, focus: true });
    if (!bar) return;
    const owner = model.owners[bar.dataset.owner];
    page.select(Math.max(owner.offset, bar.parentElement.drawn.from), owner, { keep: true, focus: true });
  });

  if (model.size) {
    grid.setAttribute("role", "grid");
    grid.setAttribute("aria-label", "Bytes of the file");
    inner.setAttribute("role", "rowgroup");
  }
  grid.className = page.everything ? "" : "windowed";
  grid.append(inner);
  page.inner = inner;
  wide.addEventListener("change", () => page.layBytes());
})();
