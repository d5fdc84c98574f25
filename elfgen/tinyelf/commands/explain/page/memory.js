// The file and the memory that Linux makes of it, as strips: bytes, zeros to the page's end, and what is not there.
(() => {
  const { model, el } = page;
  const memory = model.memory;
  const box = page.get("memory");
  const BANDS = 6;
  const marks = [];

  // The colours of a strip: six bands of height, so that one, two or three owners are equal layers, each a gradient.
  const paintBytes = (piece, from, to) => {
    const places = Math.min(to - from, 480);
    const kinds = [];
    for (let i = 0; i < places; i++)
      kinds.push(page.ownersAt(from + Math.floor(((i + 0.5) * (to - from)) / places)).slice(0, 3).map(page.kind));
    const band = (number) => {
      const stops = [];
      let last = null;
      kinds.forEach((some, i) => {
        const colour = "var(--" + (some[Math.floor((number * some.length) / BANDS)] || "free") + ")";
        if (last !== colour) stops.push((last ? last + " " + (100 * i) / places + "%," : "") + colour + " " + (100 * i) / places + "%");
        last = colour;
      });
      return "linear-gradient(90deg," + stops.join(",") + "," + last + " 100%) 0 100%/100% " + (100 * (BANDS - number)) / BANDS + "% no-repeat";
    };
    const bands = kinds.some((some) => some.length > 1) ? [5, 4, 3, 2, 1, 0] : [0];
    piece.style.background = bands.map(band).join(",");
  };

  // A piece of the file. A click selects the byte that lies there.
  const bytesPiece = (from, length) => {
    const piece = el("span", "piece bytes", "", el("span", "mark"));
    const to = Math.min(from + length, model.size);
    paintBytes(piece, from, to);
    marks.push({ mark: piece.firstChild, from, to });
    piece.style.marginLeft = "calc(var(--file)*" + from / model.size + ")";
    piece.style.width = "calc(var(--file)*" + (to - from) / model.size + ")";
    piece.addEventListener("click", (event) => {
      const area = piece.getBoundingClientRect();
      page.select(from + Math.floor(((event.clientX - area.left) / area.width) * (to - from)), null, { push: true });
    });
    return piece;
  };

  const strip = (label, said, field, after) => {
    const row = el("div", "strip", "", el("span", "soft", label), field, el("code", "soft", after));
    field.setAttribute("role", "img");
    field.setAttribute("aria-label", said);
    field.title = said;
    return row;
  };
  // Where a piece begins or ends, under the only strip of memory.
  const edge = (piece, address, name) => piece.append(el("code", "edge " + (name || ""), address));

  const segment = (one) => {
    const field = el("span", "field");
    const alone = memory.segments.length === 1;
    let said = "segment " + one.index + ", " + one.flags + ": bytes of the file from " + one.start + " to " + one.bytesEnd;
    const add = (name, words, from, to, what) => {
      if (BigInt(to) <= BigInt(from)) return;
      field.append(el("span", "piece " + name, words));
      said += what + to;
      if (alone) edge(field.lastChild, to);
    };
    if (one.fileLength > 0 && one.fileOffset < model.size) {
      field.append(bytesPiece(one.fileOffset, one.fileLength));
      if (alone) edge(field.lastChild, one.start, "first");
      if (alone) edge(field.lastChild, one.bytesEnd);
    }
    add("zeros", "zeros", one.bytesEnd, one.zerosEnd, "; zeros to ");
    add("missing", "not there", one.zerosEnd, one.end, "; no page of the file, so that reading it is SIGBUS, to ");
    return strip(one.flags, said, field, alone ? "" : one.start);
  };

  const around = () => {
    const rest = el("p", "around soft");
    if (memory.more) rest.append(el("span", "", page.count(memory.more, "more segment")));
    if (memory.segments.some((one) => BigInt(one.end) > BigInt(one.zerosEnd))) rest.append(el("span", "", "not there: reading it is SIGBUS"));
    for (const name of new Set(memory.others.map((one) => one.name)))
      rest.append(el("span", "area", name + " ", el("code", "", memory.others.filter((one) => one.name === name).map((one) => one.flags).join(" "))));
    return rest;
  };

  page.drawMemory = () => {
    const some = memory.segments.length;
    const title = el("h2", "", some ? "The file in memory" : "The file");
    title.id = "memory-title";
    box.append(el("div", "head", "", title, around()));
    if (!model.size) return;
    const file = el("span", "field", "", bytesPiece(0, model.size), el("code", "soft", page.at(model.size)));
    box.append(strip("file", "the file, " + page.count(model.size, "byte"), file, ""));
    if (some === 1) box.append(el("div", "band"));
    box.append(...memory.segments.map(segment));
    box.classList.toggle("alone", some === 1);
  };

  page.onSelect.push(({ offset, owner }) => {
    for (const { mark, from, to } of marks) {
      const first = Math.max(from, owner ? owner.offset : offset);
      const last = Math.min(to, owner ? page.end(owner) : offset + 1);
      mark.hidden = first >= last;
      mark.style.left = (100 * (first - from)) / (to - from) + "%";
      mark.style.width = (100 * (last - first)) / (to - from) + "%";
    }
  });
})();
