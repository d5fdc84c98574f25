// A run, replayed: each step's instruction, what it asks Linux, what it changes and what the program has written so far.
(() => {
  const { run, size, owners } = page.model;
  const el = page.el;
  const view = { id: "run", title: "A run", available: !!run, keys: [["[", "]", "step"], ["{", "}", "first, last"]] };
  page.views.push(view);
  if (!run) return;
  const OUT = "left out";

  const code = run.code.map(([offset, address, length, text, changed]) => ({ offset, address, length, text: text + (changed ? " (not the file's bytes)" : "") }));
  const steps = run.steps.map(([which, changes, more]) => ({
    ...more,
    code: code[which],
    here: code[which] && code[which].offset >= 0,
    changes: changes ? changes.split(" ").map((one) => one.split("=")) : [],
  }));
  const each = (list = [], act) => {
    for (let i = 0; i < list.length; i += 2) for (let k = list[i]; k < Math.min(size, list[i] + list[i + 1]); k++) act(k);
  };

  // Where instructions began, by all that is known of the run.
  const starts = new Set(steps.map((step) => step.here && step.code.offset));
  if (run.left) each(run.executed, (offset) => starts.add(offset));
  const notRun = (owner) => (page.isCode(owner) && !starts.has(owner.offset) ? "not-run" : "");
  page.views.find((one) => one.id === "owners").ownerClass = notRun;

  // How everything is when as many steps are done.
  const MARKS = ["ran", "read", "written"];
  let now;
  const rewind = () => (now = { done: 0, values: run.start.slice(), before: {}, marks: MARKS.map(() => new Uint32Array(size)), times: {}, written: [] });
  const advance = () => {
    const step = steps[now.done++];
    now.before = {};
    for (const [place, value] of step.changes) {
      now.before[place] = now.values[place];
      now.values[place] = value;
    }
    const at = step.here && step.code.offset;
    if (step.here) now.times[at] = (now.times[at] || 0) + 1;
    [step.here ? [at, step.code.length] : [], step.r, step.w].forEach((list, i) => each(list, (offset) => now.marks[i][offset]++));
    for (const one of [step, ...(step.O || [])]) if (one.o) now.written.push(one.o);
  };
  rewind();

  const words = () => "step " + now.done + " of " + steps.length;
  const goTo = (wanted) => {
    const held = document.activeElement.id;
    wanted = Math.max(0, Math.min(wanted, steps.length));
    if (wanted < now.done) rewind();
    while (now.done < wanted) advance();
    const at = ((steps[now.done] || steps[now.done - 1] || {}).code || {}).offset;
    const all = at >= 0 && at < size ? page.ownersAt(at) : null;
    if (all) page.select(at, all.find((owner) => page.isCode(owner) && owner.offset === at) || all[0]);
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
    const next = steps[now.done];
    if (!page.isCode(owner)) return "";
    return notRun(owner) + (now.times[owner.offset] ? " done" : "") + (next && next.code && next.code.offset === owner.offset ? " next" : "");
  };
  view.legend = () => [["ran", "executed"], ["read", "read"], ["written", "written"], ...(owners.some(notRun) ? [["not-run", "not run"]] : [])].map(([swatchClass, text]) => ({ swatchClass, text }));

  const KINDS = { fault: "it faults", signal: "a signal comes", handler: "Linux enters the handler", restart: "Linux makes the call again", exec: "another program comes", stopped: "it is stopped" };
  const named = (step) => (step.code ? step.code.text : KINDS[step.k] || "");
  const line = (name, text) => text && el("p", "", name, el("code", "", text));
  const controls = () => {
    const all = el("p", "controls");
    const put = (id, text, label, works) => {
      const one = el(id === "step" ? "span" : "button", "", text);
      one.id = id;
      if (label) one.setAttribute("aria-label", label);
      if (label) one.addEventListener("click", MOVES[id]);
      one.disabled = !works;
      all.append(one);
    };
    const rest = now.done < steps.length;
    put("first", "|◀", "first", now.done);
    put("back", "◀", "back", now.done);
    put("step", words());
    put("on", "▶", "on", rest);
    put("last", "▶|", "last", rest);
    return all;
  };
  const comes = (step) => [
    el("h2", step && step.code ? "k-code" : "", "", el("span", "what", step ? named(step) : run.left ? "the page ends here" : run.end)),
    step ? el("p", "where", "next" + (step.code ? ", at " + (step.code.address || "an address that is " + OUT) : "")) : run.left ? el("p", "where", page.count(run.left, "more step") + " ran; then: " + run.end) : null,
    step && line("asks Linux: ", step.q),
  ];
  const bytes = (hex) => hex.replace(/../g, "$& ");
  const did = (step) =>
    el("div", "also", step ? "" : "Nothing has run yet.", ...(step ? [
      step.e && el("p", "", page.count(step.e, "instruction") + " ran in other files before it"),
      line("done: ", named(step)),
      step.code && KINDS[step.k] && el("p", "", KINDS[step.k]),
      line("asked Linux: ", step.q),
      step.k !== "last" && line("Linux answered: ", step.a),
      ...(step.n || []).map((text) => el("p", "", text)),
      ...(step.m || []).map(([address, what, whole]) => line((address || "elsewhere, as on the stack") + ": ", what > 0 ? page.count(what, "byte") + ", " + OUT : bytes(what) + (whole ? "… " + whole + " bytes" : ""))),
      ...(step.v || []).map(([name, value]) => line(name + ": ", value ? "0x" + value : OUT)),
    ] : []));

  const FLAGS = { 0: "CF", 2: "PF", 4: "AF", 6: "ZF", 7: "SF", 8: "TF", 10: "DF", 11: "OF" };
  const shown = (name, value) => (value === "?" ? OUT : "0x" + value + (name === "eflags" ? Object.keys(FLAGS).map((bit) => ((parseInt(value, 16) >> bit) & 1 ? " " + FLAGS[bit] : "")).join("") : ""));
  // Those that the run changes, and what is not 0 of those that programs compute with.
  const ever = new Set(steps.flatMap((step) => step.changes.map(([place]) => +place)));
  const registers = () => {
    const all = el("div", "");
    all.id = "registers";
    run.registers.forEach((name, place) => {
      if (!name || place === 16 || !(ever.has(place) || (place < 16 && run.start[place] !== "0"))) return;
      const before = now.before[place];
      const value = now.values[place];
      const one = el("p", before ? "changed" : "", "", el("span", "", name), before && "→", el("span", value === "?" ? "out" : "mono", shown(name, value)));
      if (before) one.title = "before: " + shown(name, before);
      all.append(one);
    });
    return all;
  };

  // Bytes as UTF-8, with a dot for what would move or hide text.
  const decode = (text) => new TextDecoder().decode(Uint8Array.from(text, (one) => one.charCodeAt(0))).replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "·");
  const output = () => {
    const all = el("div", "");
    all.id = "output";
    for (const [descriptor, ...parts] of now.written)
      for (const part of parts)
        all.append(part.trim ? el("span", descriptor === 2 ? "errors" : "", decode(part)) : el("i", "", "(" + page.count(Math.abs(part), "byte") + (part < 0 ? " more)" : " " + OUT + ")")));
    if (!now.written.length) all.append(el("i", "", "no output so far"));
    return all;
  };
  const uses = (offset) => MARKS.map((word, i) => now.marks[i][offset] && (i ? word : "executed") + (now.marks[i][offset] > 1 ? " " + now.marks[i][offset] + " times" : "")).filter((one) => one).join(", ") || "not used so far";
  view.card = (element, { offset, owner }) => {
    element.append(controls(), ...comes(steps[now.done]).filter((one) => one), registers(), output(), did(steps[now.done - 1]));
    if (size) element.append(el("p", "also", "Byte " + page.at(offset) + (owner ? ", " + page.title(owner) : "") + ": " + uses(offset)));
    const about = [run.summary, run.moved && !run.private && "addresses are those that the file asks for", run.recorded_private && "recorded without paths, arguments, environment and stack", run.private && run.program + ": " + run.arguments.join(" ")];
    element.append(el("p", "also", about.filter((one) => one).join("; ")));
  };
})();
