// The names in the bars: the longest that fits, measured by a canvas.
(() => {
  const SANS = "11px \"DejaVu Sans\", Verdana, system-ui, sans-serif";
  const MONO = "11px \"DejaVu Sans Mono\", Menlo, Consolas, monospace";
  const context = document.createElement("canvas").getContext("2d");
  const widths = new Map();

  const width = (text, mono) => {
    const key = (mono ? "m" : "s") + text;
    if (!widths.has(key)) {
      if (widths.size > 20000) widths.clear();
      context.font = mono ? MONO : SANS;
      widths.set(key, context.measureText(text).width);
    }
    return widths.get(key);
  };

  // A system call: write(1, 0x100a6, 12), write(1, ...), write(), write.
  const callNames = (call) => {
    const name = /^\w+/.exec(call);
    if (!name || call.startsWith("number")) return ["syscall ?", "call ?"];
    const first = /^\w+\(([^,)]*),/.exec(call);
    return [call, first && name[0] + "(" + first[1] + ", …)", name[0] + "()", name[0], name[0].replace(/_.*/, "")].filter((one) => one);
  };

  const instructionNames = (owner) => {
    const call = /^(?:syscall|int 0x80|sysenter|svc[^:]*):\s(.*)$/.exec(owner.meaning);
    if (call) return callNames(call[1]);
    const plain = owner.meaning.replace(/ #.*$/, "");
    return [plain, /^\S*/.exec(plain)[0]];
  };

  // All that an owner may be called in a bar, the longest first.
  const names = (owner) => {
    if (page.isCode(owner)) return instructionNames(owner);
    if (owner.field === "ei_mag") return ["magic number", owner.field];
    if (owner.field) return [owner.field, owner.field.replace(/^[a-z]+_/, ""), owner.label];
    if (page.kind(owner) === "text") return [owner.meaning];
    return [owner.meaning, owner.label, page.part(owner).title].filter((one) => one);
  };
  page.isMono = (owner) => page.isCode(owner) || page.kind(owner) === "text";

  // Text of a file is cut where it does not fit; a name never is.
  const cut = (text, room, mono) => {
    let end = Math.min(text.length, Math.ceil(room / 5));
    while (end > 2 && width(text.slice(0, end) + "…", mono) > room) end--;
    return end > 2 ? text.slice(0, end) + "…" : "";
  };

  page.label = (owner, room) => {
    const mono = page.isMono(owner);
    const all = names(owner);
    const marked = page.isGuilty(owner) ? all.map((name) => "✗ " + name).concat(all) : all;
    const found = marked.find((name) => width(name, mono) <= room);
    return found !== undefined ? found : owner.meaning.startsWith("\"") ? cut(owner.meaning, room, mono) : "";
  };

  page.isGuilty = (owner) => {
    const guilty = page.model.verdict.guilty;
    return Boolean(guilty) && owner.offset === guilty.offset && owner.length === guilty.length;
  };
})();
