// Keys, the line that names them, and the window of help.
(() => {
  const model = page.model;
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
    ["Arrows", "the next byte, the next row"],
    ["Home, End", "first, last byte of the row; with Ctrl of the file"],
    ["Page Up, Page Down", "a screen of rows"],
    ["n, p", "next, previous owner in the file"],
    ["o", "next owner of the same byte"],
    ["Enter", "follow what the value leads to"],
    ["Backspace", "back to where you were"],
    ["/", "go to an offset, a name, a symbol or @address"],
    ["[, ]", "a step back, on, in a run"],
    ["Escape", "close what is open"],
  ];

  const line = (all) => all.map((one) => page.el("span", "key", "", ...one.slice(0, -1).map((key) => page.el("kbd", "", key)), " " + one[one.length - 1]));
  page.drawKeys = () => page.get("keys").replaceChildren(...line(KEYS.slice(0, 5).concat((page.view && page.view.keys) || [], KEYS.slice(5))));

  const help = page.get("help");
  const drawHelp = () => {
    const table = page.el("dl");
    for (const [key, text] of HELP) page.pair(table, key, text);
    const close = page.el("button", "", "Close");
    close.type = "button";
    close.addEventListener("click", () => help.close());
    help.append(page.el("h2", "", "Keys"), table, page.el("p", "", "Bold bytes are read by Linux or by the program, thin ones by tools or by nobody. Each bar under the bytes is an owner: a field, an instruction, a text. An address with #0x36 or #e_phentsize opens the page there."), close);
  };
  drawHelp();

  const step = (count) => () => page.select(page.selection.offset + count, null, { focus: true });
  const row = () => page.measure.columns;
  const nextOwner = (direction) => () => {
    const { offset, owner } = page.selection;
    const from = owner ? owner.id + direction : page.firstOwner(offset) - (direction < 0 ? 1 : 0);
    const next = model.owners[from];
    if (next && next.offset < model.size) page.select(next.offset, next, { push: true });
  };
  const otherOwner = () => {
    const all = page.ownersAt(page.selection.offset);
    const next = all[(all.indexOf(page.selection.owner) + 1) % all.length];
    if (next) page.select(page.selection.offset, next, { push: true });
  };
  const inRow = (where) => () => {
    const start = page.rowOf(page.selection.offset) * row();
    page.select(where === "Home" ? start : start + row() - 1, null, { focus: true });
  };

  const CELLS = {
    ArrowLeft: step(-1),
    ArrowRight: step(1),
    ArrowUp: () => step(-row())(),
    ArrowDown: () => step(row())(),
    PageUp: () => step(-row() * page.rowsShown())(),
    PageDown: () => step(row() * page.rowsShown())(),
    Home: inRow("Home"),
    End: inRow("End"),
  };
  const ANYWHERE = {
    n: nextOwner(1),
    p: nextOwner(-1),
    o: otherOwner,
    Backspace: page.back,
    "/": () => page.get("goto").select(),
    "?": () => help.showModal(),
    Escape: () => {
      if (page.showRemarks) page.showRemarks(false);
      page.get("card").classList.add("closed");
    },
  };

  // Keys of the grid work as long as nothing else has the focus, too.
  const inGrid = () => document.activeElement === document.body || page.get("grid").contains(document.activeElement);
  const far = { Home: () => page.select(0, null, { focus: true }), End: () => page.select(model.size - 1, null, { focus: true }) };
  const action = (event) => {
    if (event.ctrlKey) return inGrid() && far[event.key];
    if (event.key === "Enter") return !document.activeElement.closest("button, a") && page.follow;
    return ANYWHERE[event.key] || (inGrid() && CELLS[event.key]);
  };
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.target.matches("input") || help.open) return;
    if (!event.ctrlKey && page.ask("key", event)) return void event.preventDefault();
    const act = action(event);
    if (!act) return;
    event.preventDefault();
    act();
  });

  const box = page.get("goto");
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") box.blur();
    if (event.key !== "Enter") return;
    event.preventDefault();
    const found = page.go(box.value);
    box.setAttribute("aria-invalid", !found);
    if (!found) return;
    box.blur();
    page.select(page.selection.offset, page.selection.owner, { focus: true });
  });
  box.addEventListener("input", () => box.removeAttribute("aria-invalid"));
})();
