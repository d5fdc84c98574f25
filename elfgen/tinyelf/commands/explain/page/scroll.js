// Rows that are in the document only while they are seen, in a box that scrolls by itself.
(() => {
  const TALLEST = 8e6;
  const AROUND = 240;

  // rows: {count(), top(row), draw(row) -> element, pinned() -> rows that stay, drawn()}; top(count) is the height of all. Past 8
  // million pixels, which is near what browsers take, a pixel of the scroll bar stands for more than one.
  page.scroller = (box, inner, rows) => {
    const drawn = new Map();
    const height = () => rows.top(rows.count());
    const ratio = () => (height() <= TALLEST ? 1 : (height() - box.clientHeight) / (TALLEST - box.clientHeight));
    const rowAt = (place) => {
      let low = 0;
      let high = rows.count();
      while (low + 1 < high) {
        const middle = (low + high) >> 1;
        if (rows.top(middle) <= place) low = middle;
        else high = middle;
      }
      return low;
    };
    const paint = () => {
      const start = box.scrollTop * ratio();
      const end = start + box.clientHeight + AROUND;
      const wanted = new Set(rows.pinned());
      for (let row = rowAt(start - AROUND); row < rows.count() && rows.top(row) < end; row++) wanted.add(row);
      for (const [row, element] of drawn) {
        if (wanted.has(row)) continue;
        element.remove();
        drawn.delete(row);
      }
      for (const row of wanted) {
        if (!drawn.has(row)) {
          drawn.set(row, rows.draw(row));
          inner.append(drawn.get(row));
        }
        drawn.get(row).style.top = offset(row) + "px";
      }
      if (rows.drawn) rows.drawn();
    };
    const offset = (row) => rows.top(row) + box.scrollTop * (1 - ratio());
    const reset = () => {
      inner.replaceChildren();
      drawn.clear();
      inner.style.height = Math.min(height(), TALLEST) + "px";
      paint();
    };
    // A row that is near is scrolled to the edge, one that is far to the upper third.
    const show = (row) => {
      const room = box.clientHeight;
      const start = box.scrollTop * ratio();
      const top = rows.top(row);
      const low = rows.top(row + 1) - room;
      const near = top < start ? top : low;
      if (top < start || low > start) box.scrollTop = (Math.abs(top - start) < 2 * room ? near : top - room / 3) / ratio();
      paint();
    };
    box.addEventListener("scroll", paint, { passive: true });
    return { drawn, paint, reset, show, offset };
  };
})();
