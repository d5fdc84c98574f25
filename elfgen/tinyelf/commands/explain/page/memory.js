// The file and the memory that Linux makes of it, as strips: bytes, zeros to the page's end, and what is not there.
(() => {
  const model = page.model;
  const memory = model.memory;
  const el = page.el;
  const box = page.get("memory");
  const BANDS = 12;
  const marks = [];

  // Which kinds of owners a strip shows at each of some places: at most four, in the order of the lanes.
  const kindsOf = (from, to, places) => {
    const all = [];
    for (let i = 0; i < places; i++) {
      const offset = from + Math.floor(((i + 0.5) * (to - from)) / places);
      all.push(page.ownersAt(offset).slice(0, 4).map(page.kind));
    }
    return all;
  };
  // One gradient a band: twelve bands can be two, three or four layers.
  const gradients = (kinds) => {
    const bands = [];
    for (let band = 0; band < BANDS; band++) {
      const stops = [];
      let last = null;
      kinds.forEach((some, i) => {
        const kind = some.length ? some[Math.floor((band * some.length) / BANDS)] : "free";
        if (kind === last) return;
        const at = (100 * i) / kinds.length + "%";
        if (last) stops.push("var(--" + last + ") " + at);
        stops.push("var(--" + kind + ") " + at);
        last = kind;
      });
      bands.push("linear-gradient(90deg," + stops.join(",") + (stops.length === 1 ? "," + stops[0].replace(/ .*/, "") : "") + ")");
    }
    return bands;
  };

  const paintBytes = (element, from, to) => {
    const places = Math.min(to - from, 480);
    const kinds = kindsOf(from, to, places);
    const few = kinds.every((some) => some.length < 2);
    const bands = few ? gradients(kinds).slice(0, 1) : gradients(kinds);
    element.style.background = bands.map((one, i) => one + " 0 " + (bands.length > 1 ? (100 * i) / (BANDS - 1) + "%" : "0") + "/100% " + (bands.length > 1 ? 100 / BANDS + "%" : "100%") + " no-repeat").join(",");
  };

  // A piece of the file in a strip. A click selects the byte that lies there.
  const bytesPiece = (from, length) => {
    const piece = el("span", "piece");
    const to = Math.min(from + length, model.size);
    paintBytes(piece, from, to);
    const mark = el("span", "mark");
    piece.append(mark);
    marks.push({ mark, from, to });
    piece.addEventListener("click", (event) => {
      const area = piece.getBoundingClientRect();
      page.select(from + Math.floor(((event.clientX - area.left) / area.width) * (to - from)), null, { push: true });
    });
    return piece;
  };

  const share = (bytes) => (100 * bytes) / Math.max(1, model.size) + "%";
  const strip = (label, say, ...pieces) => {
    const row = el("div", "strip", "", el("span", "strip-label", label), ...pieces);
    row.setAttribute("role", "img");
    row.setAttribute("aria-label", say);
    return row;
  };

  const gap = (words, name, title) => {
    const element = el("span", "piece " + name, words);
    element.title = title;
    return element;
  };

  const short = (address) => address.replace(/^0x0*(?=.)/, "0x");
  const segment = (one) => {
    const hasZeros = BigInt(one.zerosEnd) > BigInt(one.bytesEnd);
    const hasNothing = BigInt(one.end) > BigInt(one.zerosEnd);
    const field = el("span", "field");
    const piece = one.fileLength > 0 ? bytesPiece(one.fileOffset, one.fileLength) : null;
    if (piece) {
      piece.style.marginLeft = "calc(var(--file)*" + Math.min(one.fileOffset, model.size) / Math.max(1, model.size) + ")";
      piece.style.width = "calc(var(--file)*" + Math.min(one.fileLength, model.size - one.fileOffset) / Math.max(1, model.size) + ")";
      field.append(piece);
    }
    const ends = [one.start, one.bytesEnd];
    if (hasZeros) field.append(gap("zeros", "zeros", "zeros from " + one.bytesEnd + " to " + one.zerosEnd)) && ends.push(one.zerosEnd);
    if (hasNothing) field.append(gap("not there", "missing", "no page of the file: reading it ends the program by SIGBUS")) && ends.push(one.end);
    const said = "segment " + one.index + ", " + one.flags + ": bytes of the file from " + one.start + " to " + one.bytesEnd + (hasZeros ? ", zeros to " + one.zerosEnd : "") + (hasNothing ? ", not there to " + one.end + ": reading it is SIGBUS" : "");
    const row = strip(one.flags, said, field, el("code", "addresses", short(one.start)));
    row.title = said;
    row.captions = [one, hasZeros, hasNothing];
    return row;
  };

  // Addresses under the only strip of memory.
  const caption = (one, hasZeros, hasNothing) => {
    const row = el("div", "strip caption", "", el("span", "strip-label", "#" + one.index));
    const field = el("span", "field", "", el("code", "edge first", short(one.start)));
    field.append(el("code", "edge", short(one.bytesEnd)));
    if (hasZeros) field.append(el("code", "edge at-zeros", short(one.zerosEnd)));
    if (hasNothing) field.append(el("code", "edge at-missing", short(one.end)));
    row.append(field);
    return row;
  };

  page.drawMemory = () => {
    const many = memory.segments.length > 1;
    box.append(el("h2", "", memory.segments.length ? "The file in memory" : "The file"));
    box.lastChild.id = "memory-title";
    if (!model.size) return;
    const field = el("span", "field", "", bytesPiece(0, model.size));
    field.firstChild.style.width = "var(--file)";
    box.append(strip("file", "the file, " + page.count(model.size, "byte"), field, el("code", "addresses", page.at(model.size))));
    const rows = memory.segments.map(segment);
    box.append(...rows);
    if (!many && rows.length) box.append(caption(...rows[0].captions));
    const rest = el("p", "around");
    if (memory.more) rest.append(el("span", "", page.count(memory.more, "more segment")), " ");
    for (const one of memory.others) rest.append(el("span", "area", one.name + " ", el("code", "", one.flags)), " ");
    if (memory.segments.some((one) => BigInt(one.end) > BigInt(one.zerosEnd))) rest.append(el("span", "", "not there: reading it is SIGBUS"));
    if (rest.childNodes.length) box.append(rest);
    box.classList.toggle("many", many);
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
