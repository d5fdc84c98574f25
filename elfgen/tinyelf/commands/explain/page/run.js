// A run, replayed: each step's instruction, what it asks Linux, what it changes and what the program has written so far.
(() => {
  const { run, size, owners } = page.model;
  const el = page.el;
  const view = { id: "run", title: "A run", available: !!run, keys: [["[", "]", "step"], ["{", "}", "first, last"]] };
  page.views.push(view);
  if (!run) return;
  const OUT = "left out";
  const p = (text, ...more) => el("p", "", text, ...more);

  const code = run.code.map(([offset, address, length, text, changed]) => ({ offset, address, length, text: text + (changed ? " (not the file's bytes)" : "") }));
  const steps = run.steps.map(([which, changes, more]) => ({ ...more, code: code[which], changes: changes ? changes.split(" ").map((one) => one.split("=")) : [] }));
  const isHere = (one) => one && one.offset >= 0;
  const each = (list = [], act) => {
    for (let i = 0; i < list.length; i += 2) for (let k = list[i]; k < Math.min(size, list[i] + list[i + 1]); k++) act(k);
  };

  // Where instructions began, by all that is known of the run.
  const starts = new Set(steps.map((step) => step.code && step.code.offset));
  if (run.left) each(run.executed, (offset) => starts.add(offset));
  const notRun = (owner) => (page.isCode(owner) && !starts.has(owner.offset) ? "not-run" : "");
  page.views.find((one) => one.id === "owners").ownerClass = notRun;

  // How everything is when as many steps are done; marks count how often a byte was used so.
  const MARKS = ["executed", "read", "written"];
  let now;
  const rewind = () => (now = { done: 0, values: Object.fromEntries(run.registers.map(([place, , value]) => [place, value])), before: {}, marks: MARKS.map(() => new Uint32Array(size)), times: {}, output: [] });
  const advance = () => {
    const step = steps[now.done++];
    now.before = {};
    for (const [place, value] of step.changes) {
      now.before[place] = now.values[place];
      now.values[place] = value;
    }
    const at = isHere(step.code) ? [step.code.offset, step.code.length] : [];
    now.times[at[0]] = 1;
    [at, step.r, step.w].forEach((list, i) => each(list, (offset) => now.marks[i][offset]++));
    for (const one of [step, ...(step.O || [])]) if (one.o) now.output.push(one.o);
  };
  rewind();

  const words = () => "step " + now.done + " of " + steps.length;
  const goTo = (wanted) => {
    const held = document.activeElement.id;
    wanted = Math.max(0, Math.min(wanted, steps.length));
    if (wanted < now.done) rewind();
    while (now.done < wanted) advance();
    const { code: at } = steps[now.done] || steps[now.done - 1] || {};
    const all = isHere(at) ? page.ownersAt(at.offset) : [];
    if (isHere(at)) page.select(at.offset, all.find((owner) => page.isCode(owner) && owner.offset === at.offset));
    else page.select(page.selection.offset, page.selection.owner);
    page.repaint();
    if (MOVES[held]) page.get(held).focus();
    page.say(words() + ", " + (steps[now.done] ? "next " + named(steps[now.done]) : run.end));
  };
  const MOVES = { first: () => goTo(0), back: () => goTo(now.done - 1), on: () => goTo(now.done + 1), last: () => goTo(steps.length) };
  const KEYS = { "{": "first", "[": "back", "]": "on", "}": "last" };
  view.key = (event) => KEYS[event.key] && (MOVES[KEYS[event.key]](), true);
  view.enter = () => goTo(now.done);

  view.byteClass = (offset) => MARKS.filter((_, i) => now.marks[i][offset]).join(" ");
  view.ownerClass = (owner) => {
    const { code: next } = steps[now.done] || {};
    return page.isCode(owner) ? notRun(owner) + (now.times[owner.offset] ? " done" : "") + (next && next.offset === owner.offset ? " next" : "") : "";
  };
  view.legend = () => [...MARKS, ...(owners.some(notRun) ? ["not-run"] : [])].map((one) => ({ swatchClass: one, text: one.replace("-", " ") }));

  const KINDS = { fault: "it faults", signal: "a signal comes", handler: "Linux enters the handler", restart: "Linux makes the call again", exec: "another program comes", stopped: "it is stopped" };
  const named = (step) => (step.code ? step.code.text : KINDS[step.k] || "");
  const line = (name, text) => text && p(name, el("code", "", text));
  const controls = () => {
    const all = el("p", "controls");
    for (const [id, text] of [["first", "|◀"], ["back", "◀"], ["step", words()], ["on", "▶"], ["last", "▶|"]]) {
      const one = el(MOVES[id] ? "button" : "span", "", text);
      one.id = id;
      if (MOVES[id]) {
        one.setAttribute("aria-label", id);
        one.addEventListener("click", MOVES[id]);
        one.disabled = id === "first" || id === "back" ? !now.done : now.done === steps.length;
      }
      all.append(one);
    }
    return all;
  };
  const comes = (step) => [
    el("h2", step && step.code ? "k-code" : "", "", el("span", "what", step ? named(step) : run.left ? "the page ends here" : run.end)),
    step ? el("p", "where", "next" + (step.code ? ", at " + (step.code.address || "an address that is " + OUT) : "")) : run.left && p(page.count(run.left, "more step") + " ran; then: " + run.end),
    step && line("asks Linux: ", step.q),
  ];
  const did = (step) => [
    step.e && p(page.count(step.e, "instruction") + " ran in other files before it"),
    line("done: ", named(step)),
    step.code && KINDS[step.k] && p(KINDS[step.k]),
    line("asked Linux: ", step.q),
    step.k !== "last" && line("Linux answered: ", step.a),
    ...(step.n || []).map((text) => p(text)),
    ...(step.m || []).map(([address, what, whole]) => line((address || "elsewhere, as on the stack") + ": ", what > 0 ? page.count(what, "byte") + ", " + OUT : what.replace(/../g, "$& ") + (whole ? "… " + whole + " bytes" : ""))),
    ...(step.v || []).map(([name, value]) => line(name + ": ", value ? "0x" + value : OUT)),
  ];

  const FLAGS = { 1: "CF", 4: "PF", 16: "AF", 64: "ZF", 128: "SF", 256: "TF", 1024: "DF", 2048: "OF" };
  const shown = (name, value) => (value === "?" ? OUT : "0x" + value + (name === "eflags" ? Object.keys(FLAGS).map((bit) => (parseInt(value, 16) & bit ? " " + FLAGS[bit] : "")).join("") : ""));
  const registers = () =>
    run.registers.map(([place, name]) => {
      const before = now.before[place];
      const value = now.values[place];
      const one = el("p", before ? "changed" : "", "", el("span", "", name), before && "→", el("span", value === "?" ? "out" : "mono", shown(name, value)));
      if (before) one.title = "before: " + shown(name, before);
      return one;
    });

  // Bytes as UTF-8, with a dot for what would move or hide text.
  const decode = (text) => new TextDecoder().decode(Uint8Array.from(text, (one) => one.charCodeAt(0))).replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "·");
  const output = () =>
    now.output.flatMap(([descriptor, ...parts]) => parts.map((part) => (part.trim ? el("span", descriptor === 2 ? "errors" : "", decode(part)) : el("i", "", "(" + page.count(Math.abs(part), "byte") + (part < 0 ? " more)" : " " + OUT + ")")))));
  const box = (id, ...children) => Object.assign(el("div", "", "", ...children), { id });
  const uses = (offset) => MARKS.map((word, i) => now.marks[i][offset] && word + (now.marks[i][offset] > 1 ? " " + now.marks[i][offset] + " times" : "")).filter((one) => one).join(", ") || "not used so far";
  view.card = (element, { offset, owner }) => {
    const last = steps[now.done - 1];
    element.append(el("div", "", "", controls(), ...comes(steps[now.done]), box("registers", ...registers()), box("output", ...(now.output.length ? output() : [el("i", "", "no output so far")]))));
    element.append(el("div", "also", last ? "" : "Nothing has run yet.", ...(last ? did(last) : [])));
    if (size) element.append(el("p", "also", "Byte " + page.at(offset) + (owner ? ", " + page.title(owner) : "") + ": " + uses(offset)));
    const about = [run.summary, run.moved && !run.private && "addresses are those that the file asks for", run.recorded_private && "recorded without paths, arguments, environment and stack", run.private && run.program + ": " + run.arguments.join(" ")];
    element.append(el("p", "also", about.filter((one) => one).join("; ")));
  };
})();
