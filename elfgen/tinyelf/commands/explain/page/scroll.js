// Rows that are in the document only while they are seen, in a box that scrolls by itself.
(() => {
  const TALLEST = 8e6;
  const AROUND = 240;

  // rows: {count, top(row), draw(row) -> element, pinned() -> rows that stay, drawn()}; top(count) is the height of all. Past 8
  // million pixels, which is near what browsers take, the place of the scroll bar stands for more than its own distance.
  page.scroller = (box, inner, rows) => {
    const drawn = new Map();
    const height = () => rows.top(rows.count);
    const ratio = () => {
      const all = height();
      return all <= TALLEST ? 1 : (all - box.clientHeight) / (TALLEST - box.clientHeight);
    };
    const rowAt = (place) => {
      let low = 0;
      let high = rows.count;
      while (low + 1 < high) {
        const middle = (low + high) >> 1;
        if (rows.top(middle) <= place) low = middle;
        else high = middle;
      }
      return low;
    };
    const wanted = (from, to) => {
      const all = new Set(rows.pinned().filter((row) => row >= 0 && row < rows.count));
      for (let row = rowAt(from); row < rows.count && rows.top(row) < to; row++) all.add(row);
      return all;
    };
    const paint = () => {
      const start = box.scrollTop * ratio();
      const shift = box.scrollTop - start;
      const all = wanted(start - AROUND, start + box.clientHeight + AROUND);
      for (const [row, element] of drawn) {
        if (all.has(row)) continue;
        element.remove();
        drawn.delete(row);
      }
      for (const row of [...all].sort((a, b) => a - b)) {
        if (!drawn.has(row)) {
          drawn.set(row, rows.draw(row));
          inner.append(drawn.get(row));
        }
        drawn.get(row).style.top = rows.top(row) + shift + "px";
      }
      if (rows.drawn) rows.drawn();
    };
    const reset = () => {
      for (const element of drawn.values()) element.remove();
      drawn.clear();
      inner.style.height = Math.min(height(), TALLEST) + "px";
      paint();
    };
    const show = (row) => {
      const start = box.scrollTop * ratio();
      const top = rows.top(row);
      const bottom = rows.top(row + 1);
      const room = box.clientHeight;
      if (top < start || bottom > start + room)
        box.scrollTop = (Math.abs(top - start) < 2 * room ? (top < start ? top : bottom - room + 2) : top - room / 3) / ratio();
      paint();
    };
    box.addEventListener("scroll", paint, { passive: true });
    return { drawn, paint, reset, show, offset: (row) => rows.top(row) + box.scrollTop - box.scrollTop * ratio(), room: () => box.clientHeight };
  };
})();
