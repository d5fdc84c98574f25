// Keys, the line that names them, and the window of help.
(() => {
  const { model, el, get, select } = page;
  const KEYS = [
    ["←", "→", "↑", "↓", "byte"],
    ["n", "p", "next, previous"],
    ["o", "other owner"],
    ["Enter", "follow"],
    ["⌫", "back"],
    ["/", "go to"],
    ["?", "help"],
  ];
  const HELP = [
    ["Arrows", "byte before, byte after, row above, row below"],
    ["Home, End", "first, last byte of the row; with Ctrl of the file"],
    ["Page Up, Page Down", "a screen of rows"],
    ["n, p", "next, previous owner in the file"],
    ["o", "another owner of the same byte"],
    ["Enter", "follow what the value leads to"],
    ["Backspace", "back to where you were"],
    ["/", "go to an offset, a name, a symbol or an @address"],
    ["[ and ]", "in a run: a step back, on"],
    ["{ and }", "in a run: the first step, the last"],
    ["Escape", "close what is open"],
  ];

  page.drawKeys = () => {
    const all = KEYS.concat(page.view.keys || []);
    get("keys").replaceChildren(...all.map((one) => el("span", "", "", ...one.slice(0, -1).map((key) => el("kbd", "", key)), " " + one[one.length - 1])));
  };

  const help = get("help");
  const table = el("dl");
  for (const [key, text] of HELP) page.pair(table, key, text);
  const words = "Under the bytes is a bar an owner: a field, an instruction, a text. Bold bytes are read by Linux or by the program, thin ones by tools or by nobody. With #0x36 or #e_phentsize behind its address the page opens there.";
  help.append(el("h2", "", "Keys"), table, el("p", "", words), page.button("", "Close", () => help.close()));

  const to = (offset) => select(offset, null, { focus: true });
  const by = (count) => to(page.selection.offset + count);
  const columns = () => page.measure.columns;
  const rowStart = () => page.rowOf(page.selection.offset) * columns();
  const owner = (direction) => {
    const { offset, owner } = page.selection;
    const next = model.owners[owner ? owner.id + direction : page.firstOwner(offset) - (direction < 0 ? 1 : 0)];
    if (next && next.offset < model.size) select(next.offset, next, { push: true });
  };
  const CELLS = {
    ArrowLeft: () => by(-1),
    ArrowRight: () => by(1),
    ArrowUp: () => by(-columns()),
    ArrowDown: () => by(columns()),
    PageUp: () => by(-columns() * page.rowsShown()),
    PageDown: () => by(columns() * page.rowsShown()),
    Home: () => to(rowStart()),
    End: () => to(rowStart() + columns() - 1),
  };
  const FAR = { Home: () => to(0), End: () => to(model.size - 1) };
  const ANYWHERE = {
    n: () => owner(1),
    p: () => owner(-1),
    o: () => {
      const all = page.ownersAt(page.selection.offset);
      const next = all[(all.indexOf(page.selection.owner) + 1) % all.length];
      if (next) select(page.selection.offset, next, { push: true });
    },
    Enter: page.follow,
    Backspace: page.back,
    "/": () => get("goto").select(),
    "?": () => help.showModal(),
    Escape: () => {
      page.showRemarks(false);
      page.openCard(false);
    },
  };

  // Keys of the grid work as long as nothing else has the focus, too.
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.altKey || event.metaKey || target.matches("input") || help.open) return;
    if (key === "Enter" && target.matches("button")) return;
    const inGrid = target === document.body || get("grid").contains(target);
    const act = event.ctrlKey ? inGrid && FAR[key] : page.ask("key", event) ? () => {} : ANYWHERE[key] || (inGrid && CELLS[key]);
    if (!act) return;
    event.preventDefault();
    act();
  });

  const box = get("goto");
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") box.blur();
    if (event.key !== "Enter") return;
    const found = page.go(box.value);
    box.setAttribute("aria-invalid", !found);
    if (found) select(page.selection.offset, page.selection.owner, { focus: true });
  });
  box.addEventListener("input", () => box.removeAttribute("aria-invalid"));
})();
