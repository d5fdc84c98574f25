// The beginning: header, themes, printing, and the first selection.
(() => {
  const model = page.model;
  const root = document.documentElement;
  const KINDS = { ehdr: "ELF header", phdr: "program header", code: "code", text: "text", shdr: "section header", table: "table", note: "note", other: "other" };
  const el = page.el;

  const dark = matchMedia("(prefers-color-scheme: dark)");
  let asked = null;
  const theme = () => {
    const now = page.printing ? "light" : asked || (dark.matches ? "dark" : "light");
    root.dataset.theme = now;
    const button = page.get("theme");
    button.textContent = now === "dark" ? "☀" : "☾";
    button.setAttribute("aria-label", now === "dark" ? "Light colours" : "Dark colours");
    button.title = button.getAttribute("aria-label");
  };
  dark.addEventListener("change", theme);
  page.get("theme").addEventListener("click", () => {
    asked = root.dataset.theme === "dark" ? "light" : "dark";
    theme();
  });

  const print = (on) => () => {
    page.printing = on;
    root.classList.toggle("printing", on);
    theme();
    if (page.everything) page.layBytes();
    page.repaint();
    page.drawArrow();
  };
  addEventListener("beforeprint", print(true));
  addEventListener("afterprint", print(false));

  const drawHeader = () => {
    page.get("name").textContent = model.file;
    page.get("facts").textContent = model.facts.join(", ");
    for (const kind of Object.keys(KINDS)) root.style.setProperty("--t-" + kind, "color-mix(in oklab,var(--" + kind + ") var(--mix),var(--paper))");
    page.drawVerdict();
    page.orderViews();
    const shown = page.views.filter((one) => one.available);
    for (const one of shown) {
      const button = el("button", "", one.title);
      button.type = "button";
      button.dataset.view = one.id;
      button.addEventListener("click", () => page.setView(one.id));
      page.get("views").append(button);
    }
    page.get("views").hidden = shown.length < 2;
  };

  page.drawLegend = () => {
    const items = page.ask("legend") || legend();
    if (!page.everything) items.push({ text: "find in page and print: the rows that are shown" });
    page.get("legend").replaceChildren(...items.map(({ swatchClass, text }) => el("span", swatchClass ? "" : "soft", "", swatchClass && el("span", "swatch " + swatchClass), text)));
  };
  const used = new Set(model.parts.map((part) => part.kind));
  const legend = () => {
    const items = Object.keys(KINDS).filter((kind) => used.has(kind)).map((kind) => ({ swatchClass: "k-" + kind, text: KINDS[kind] }));
    if (items.length) items.push({ text: "bold: read by Linux or the program" });
    return items;
  };

  page.repaint = () => {
    page.repaintBytes();
    page.repaintList();
  };

  const fromAddress = () => {
    let word = location.hash.slice(1);
    try {
      word = decodeURIComponent(word);
    } catch (error) {
      // What is no encoding is taken as it stands.
    }
    return page.find(word);
  };
  addEventListener("hashchange", () => {
    const found = fromAddress();
    if (found) page.select(found.offset, found.owner, { push: true });
  });

  const start = () => {
    theme();
    drawHeader();
    page.drawMemory();
    root.classList.toggle("scrolls", !page.everything);
    const first = fromAddress();
    const { guilty } = model.verdict;
    const entry = model.owners.find((one) => one.field === "e_entry" && page.target(one));
    const begin = first || guilty || { offset: entry ? entry.offset : 0 };
    const owner = begin.owner || page.ownersAt(begin.offset).find((one) => one === entry || page.isGuilty(one));
    page.selection = { offset: begin.offset, owner };
    page.layBytes();
    page.layList();
    page.setView("owners");
    page.select(begin.offset, owner, { keep: !first });
  };
  start();

  let width = innerWidth;
  addEventListener("resize", () => {
    if (width !== innerWidth || !page.everything) page.layBytes();
    width = innerWidth;
    page.drawArrow();
  });
})();
