// Frames and the arrow over the bytes: from the selected owner to what its value refers to, in the gaps between rows and along the
// right edge, so that it never crosses text.
(() => {
  const SPACE = "http://www.w3.org/2000/svg";
  const measure = page.measure;
  const svg = document.createElementNS(SPACE, "svg");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "arrows");
  page.inner.append(svg);

  const shape = (tag, name, attributes) => {
    const one = document.createElementNS(SPACE, tag);
    one.setAttribute("class", name);
    for (const key of Object.keys(attributes)) one.setAttribute(key, attributes[key]);
    svg.append(one);
  };
  const path = (name, d) => shape("path", name, { d });

  // Where the first cell begins, and where the last one ends.
  const edges = () => {
    const row = page.drawnRows()[0].drawn;
    const left = row.cells[0].element.offsetLeft;
    return { left, right: left + measure.columns * measure.byte };
  };
  const middle = (offset, left) => left + ((offset % measure.columns) + 0.5) * measure.byte;

  // A frame around each piece of a range in the rows that are drawn; open where it goes on.
  const frame = (range, name, left) => {
    for (const element of page.drawnRows()) {
      const { from, to } = element.drawn;
      const first = Math.max(range.offset, from);
      const last = Math.min(range.offset + range.length, to);
      if (first >= last) continue;
      const x = left + (first - from) * measure.byte + 1;
      const end = left + (last - from) * measure.byte - 1;
      const y = element.offsetTop + measure.gap + 1;
      const low = y + measure.cell - 2;
      const closed = { left: first === range.offset, right: last === range.offset + range.length };
      path(name, "M" + (closed.left ? x + " " + low + "V" + y : x + " " + y) + "H" + end + (closed.right ? "V" : "M" + end + " ") + low + (closed.left && closed.right ? "H" + x + "Z" : "H" + x));
    }
  };

  const arrow = (source, target, edge) => {
    const sourceRow = page.rowOf(source);
    const targetRow = page.rowOf(target);
    const lane = (row) => page.rowTop(row) + measure.gap / 2;
    const x = middle(source, edge.left);
    const y = lane(sourceRow);
    const goal = middle(target, edge.left);
    const high = lane(targetRow);
    const head = page.rowTop(targetRow) + measure.gap + 1;
    const right = edge.right + (measure.columns === 8 ? 4 : 9);
    const round = high > y ? 5 : -5;
    const side = sourceRow === targetRow ? "H" + goal : "H" + (right - 5) + "q5 0 5 " + round + "V" + (high - round) + "q0 " + round + " -5 " + round + "H" + goal;
    path("wire", "M" + x + " " + y + side + "V" + head);
    shape("circle", "dot", { cx: x, cy: y, r: 3.2 });
    path("tip", "M" + goal + " " + head + "l-5 -6.5h10z");
  };

  page.drawArrow = () => {
    svg.replaceChildren();
    if (!page.inner.contains(svg)) page.inner.append(svg);
    const owner = page.selection.owner;
    if (page.printing || !page.drawnRows().length) return;
    const edge = edges();
    if (!owner) return;
    const target = page.target(owner);
    if (target) frame(target, "aim", edge.left);
    frame({ offset: owner.offset, length: page.end(owner) - owner.offset }, "mine", edge.left);
    if (target) arrow(owner.offset, target.offset, edge);
  };
  page.onSelect.push(page.drawArrow);
})();
