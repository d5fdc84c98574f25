// The bytes: a row of cells, and under them a bar an owner with its name in it. Up to 1 KiB all rows are in the document.
(() => {
  const { model, el, attr, at, hex } = page;
  const { bytes, size } = model;
  const grid = page.get("grid");
  const inner = (page.inner = el("div", "rows"));
  const everything = (page.everything = size <= 1024);
  const most = everything ? 12 : 3;
  page.digits = Math.max(4, hex(Math.max(0, size - 1)).length);

  // Measures that the style has too; names must fit the cells.
  const measure = (page.measure = {});
  const wide = matchMedia("(min-width: 640px)");
  const fit = () => {
    const style = getComputedStyle(grid);
    const of = (name) => parseFloat(style.getPropertyValue("--" + name));
    for (const name of ["byte", "cell", "bar", "gap"]) measure[name] = of(name);
    const columns = (measure.columns = wide.matches || page.printing ? 16 : 8);
    grid.style.setProperty("--gutter", columns === 8 ? page.digits * 6 + 3 + "px" : "");
    const widest = columns === 8 ? 60 : measure.byte;
    if (!page.printing) measure.byte = Math.min(widest, Math.floor((grid.clientWidth - of("gutter") - of("edge")) / columns));
    grid.style.setProperty("--width", measure.byte + "px");
    grid.style.setProperty("--columns", columns);
  };

  page.rowOf = (offset) => Math.floor(offset / measure.columns);
  const range = (row) => [row * measure.columns, Math.min((row + 1) * measure.columns, size)];

  // The bars of a row, each in the lowest lane that is free.
  const pack = (row) => {
    const [from, to] = range(row);
    const lanes = [];
    const pieces = [];
    let hidden = 0;
    for (const owner of page.ownersIn(from, to)) {
      const piece = { owner, lane: 0, from: Math.max(owner.offset, from), to: Math.min(page.end(owner), to) };
      const mask = ((1 << (piece.to - piece.from)) - 1) << (piece.from - from);
      while (lanes[piece.lane] & mask) piece.lane++;
      if (piece.lane < most) {
        lanes[piece.lane] |= mask;
        pieces.push(piece);
      } else hidden++;
    }
    return { pieces, lanes: lanes.length, hidden };
  };

  const layers = (kinds) => "linear-gradient(" + kinds.map((kind, i) => "var(--t-" + kind + ") " + (100 * i) / kinds.length + "% " + (100 * (i + 1)) / kinds.length + "%") + ")";
  const matters = ({ reader }) => reader === "kernel" || reader === "program";

  const drawCell = (offset, owners) => {
    const byte = hex(bytes[offset], 2);
    const element = attr(el("span", "", byte), {
      "data-offset": offset,
      role: "gridcell",
      "aria-colindex": (offset % measure.columns) + 2,
      "aria-label": byte + " at " + at(offset) + ", " + (owners.slice(0, 4).map(page.title).join(", ") || "unclaimed"),
    });
    const kinds = owners.slice(0, 4).map(page.kind);
    const mixed = new Set(kinds).size > 1;
    const kind = kinds.length ? (mixed ? "" : " k-" + kinds[0]) : " free";
    return { element, offset, base: "byte" + kind + (owners.some(matters) ? " bold" : ""), fill: mixed ? layers(kinds) : "" };
  };

  const drawBar = ({ owner, lane, from, to }) => {
    const element = attr(el("span", "", page.label(owner, (to - from) * measure.byte - 9)), {
      "data-owner": owner.id,
      "aria-hidden": true,
      title: page.title(owner) + (owner.value ? " = " + owner.value : ""),
    });
    const column = from % measure.columns;
    element.style.gridArea = lane + 2 + "/" + (column + 2) + "/auto/span " + (to - from);
    const flags = [owner.offset === from && "begins", page.end(owner) === to && "ends", page.isMono(owner) && "mono", page.isGuilty(owner) && "guilty"];
    return { element, owner, base: ["bar k-" + page.kind(owner), ...flags.filter((one) => one)].join(" ") };
  };

  const drawRow = (row) => {
    const [from, to] = range(row);
    const { pieces, lanes, hidden } = pack(row);
    const ascii = attr(el("span", "ascii", "", el("span"), el("span"), el("span")), { "aria-hidden": true });
    const head = attr(el("span", "offset", hex(from, page.digits)), { role: "rowheader" });
    const cells = Array.from(bytes.subarray(from, to), (_, i) => drawCell(from + i, pieces.length ? page.ownersAt(from + i) : []));
    const bars = pieces.map(drawBar);
    const element = attr(el("div", "row", "", head, ...[...cells, ...bars].map((one) => one.element), ascii), { role: "row", "aria-rowindex": row + 1 });
    if (hidden) {
      const more = attr(el("span", "hidden-lanes", "+" + hidden), { "aria-hidden": true, title: page.count(hidden, "more owner") });
      more.style.gridRow = Math.min(lanes, most) + 1;
      element.append(more);
    }
    element.drawn = { element, from, to, cells, bars, ascii };
    paintRow(element.drawn);
    return element;
  };

  const setClass = (one, ...names) => {
    const name = names.filter((each) => each).join(" ");
    if (one.now !== name) one.element.className = one.now = name;
  };
  const inside = (part) => (offset) => Boolean(part) && offset >= part.offset && offset < part.offset + part.length;

  const paintCell = (one, owned, target, guilty) => {
    const { offset, element } = one;
    const chosen = offset === page.selection.offset;
    setClass(one, one.base, chosen && !page.printing && "selected", owned(offset) && "owned", target(offset) && "target", guilty(offset) && "guilty", page.ask("byteClass", offset));
    const colour = page.ask("byteColour", offset) || { background: one.fill, ink: "" };
    const key = colour.background + colour.ink + chosen;
    if (one.key === key) return;
    one.key = key;
    element.style.background = colour.background;
    element.style.color = chosen && !page.view.framed ? "" : colour.ink;
    element.tabIndex = chosen ? 0 : -1;
    element.setAttribute("aria-selected", chosen);
  };

  const paintRow = ({ from, to, cells, bars, ascii }) => {
    const owner = page.printing ? null : page.selection.owner;
    const marks = [owner, page.target(owner), model.verdict.guilty].map(inside);
    for (const one of cells) paintCell(one, ...marks);
    const first = owner ? Math.max(from, Math.min(to, owner.offset)) : from;
    const last = owner ? Math.max(first, Math.min(to, page.end(owner))) : from;
    [from, first, last, to].reduce((start, end, i) => {
      ascii.children[i - 1].textContent = Array.from(bytes.subarray(start, end), page.char).join("");
      return end;
    });
    for (const one of bars) setClass(one, one.base, one.owner === owner && "chosen", page.grey && "grey", page.ask("ownerClass", one.owner));
  };

  let rows = [];
  let tops = [0];
  const view = everything ? null : page.scroller(grid, inner, {
    count: () => tops.length - 1,
    top: (row) => tops[row],
    draw: drawRow,
    pinned: () => [page.rowOf(page.selection.offset)],
    drawn: () => page.drawArrow && page.drawArrow(),
  });
  page.drawnRows = () => (view ? [...view.drawn.values()] : rows);
  // How far below the top of the rows a row begins; rows that are not in the document have a place, too.
  page.rowTop = (row) => (view ? view.offset(row) : rows[row].offsetTop);
  page.rowsShown = () => Math.max(1, Math.floor((view ? grid.clientHeight : innerHeight) / (measure.cell + measure.bar + measure.gap)) - 2);

  page.layBytes = () => {
    fit();
    const count = Math.ceil(size / measure.columns);
    if (!count) return inner.replaceChildren(el("p", "empty", "The file has no bytes."));
    attr(grid, { "aria-rowcount": count, "aria-colcount": measure.columns + 1 });
    if (!view) {
      rows = Array.from({ length: count }, (_, row) => drawRow(row));
      return inner.replaceChildren(...rows);
    }
    tops = new Float64Array(count + 1);
    for (let row = 0; row < count; row++) tops[row + 1] = tops[row] + measure.gap + measure.cell + measure.bar * Math.min(most, pack(row).lanes);
    view.reset();
    view.show(page.rowOf(page.selection.offset));
  };
  page.repaintBytes = () => page.drawnRows().forEach((row) => paintRow(row.drawn));

  page.onSelect.push(({ offset }) => {
    if (!size) return;
    const { keep, focus } = page.how;
    const held = grid.contains(document.activeElement);
    if (view) keep ? view.paint() : view.show(page.rowOf(offset));
    page.repaintBytes();
    const cell = grid.querySelector("[data-offset=\"" + offset + "\"]");
    if (held || focus) cell.focus({ preventScroll: true });
    if (!view && !keep) cell.parentElement.scrollIntoView({ block: "nearest" });
  });

  grid.addEventListener("click", (event) => {
    const { offset, owner } = event.target.dataset;
    const how = { keep: true, focus: true };
    const one = owner && model.owners[owner];
    if (one) page.select(Math.max(one.offset, event.target.parentElement.drawn.from), one, how);
    else if (offset) page.select(Number(offset), null, how);
  });

  if (size) attr(grid, { role: "grid", "aria-label": "Bytes of the file" });
  if (size) attr(inner, { role: "rowgroup" });
  grid.classList.toggle("windowed", Boolean(view));
  grid.append(inner);
  wide.addEventListener("change", page.layBytes);
})();
