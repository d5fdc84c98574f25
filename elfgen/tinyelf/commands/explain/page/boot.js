// The beginning: header, themes, printing, and the first selection.
(() => {
  const { model, el, get, attr } = page;
  const root = document.documentElement;
  const KINDS = { ehdr: "ELF header", phdr: "program header", code: "code", text: "text", shdr: "section header", table: "table", note: "note", other: "other" };

  const dark = matchMedia("(prefers-color-scheme: dark)");
  let asked = null;
  const theme = () => {
    const now = (root.dataset.theme = page.printing ? "light" : asked || (dark.matches ? "dark" : "light"));
    const title = now === "dark" ? "Light colours" : "Dark colours";
    attr(get("theme"), { title, "aria-label": title }).textContent = now === "dark" ? "☀" : "☾";
  };
  dark.addEventListener("change", theme);
  get("theme").addEventListener("click", () => {
    asked = root.dataset.theme === "dark" ? "light" : "dark";
    theme();
  });

  const print = (on) => () => {
    page.printing = on;
    root.classList.toggle("printing", on);
    theme();
    page.layBytes();
    if (!page.everything) page.layList();
    page.repaint();
    page.drawArrow();
  };
  addEventListener("beforeprint", print(true));
  addEventListener("afterprint", print(false));

  const drawHeader = () => {
    get("name").textContent = model.file;
    get("facts").textContent = model.facts.join(", ");
    for (const kind of Object.keys(KINDS)) root.style.setProperty("--t-" + kind, "color-mix(in oklab,var(--" + kind + ") var(--mix),var(--paper))");
    page.drawVerdict();
    const shown = page.sortViews().filter((one) => one.available);
    get("views").append(...shown.map(({ id, title }) => attr(page.button("", title, () => page.setView(id)), { "data-view": id })));
    get("views").hidden = shown.length < 2;
  };

  const used = new Set(model.parts.map((part) => part.kind));
  const legend = () => Object.keys(KINDS).filter((kind) => used.has(kind)).map((kind) => ({ swatchClass: "k-" + kind, text: KINDS[kind] })).concat(used.size ? { text: "bold: read by Linux or the program" } : []);
  page.drawLegend = () => {
    const items = (page.ask("legend") || legend()).concat(page.everything ? [] : { text: "find in page and print: the rows that are shown" });
    get("legend").replaceChildren(...items.map(({ swatchClass, text }) => el("span", swatchClass ? "" : "soft", "", swatchClass && el("span", "swatch " + swatchClass), text)));
  };

  page.repaint = () => {
    page.repaintBytes();
    page.repaintList();
  };

  const fromAddress = () => {
    const word = location.hash.slice(1);
    try {
      return page.find(decodeURIComponent(word));
    } catch (error) {
      return page.find(word);
    }
  };
  addEventListener("hashchange", () => {
    const found = fromAddress();
    if (found) page.select(found.offset, found.owner, { push: true });
  });
  addEventListener("resize", () => {
    page.layBytes();
    page.drawArrow();
  });

  theme();
  drawHeader();
  page.drawMemory();
  root.classList.toggle("scrolls", !page.everything);
  const first = fromAddress();
  const entry = model.owners.find((one) => one.field === "e_entry" && page.target(one));
  const { offset, owner } = first || model.verdict.guilty || { offset: entry ? entry.offset : 0 };
  page.selection = { offset, owner: owner || page.ownersAt(offset).find((one) => one === entry || page.isGuilty(one)) || null };
  page.layBytes();
  page.layList();
  page.setView("owners");
  page.select(offset, page.selection.owner, { keep: !first });
})();
