// Which bytes matter: the share of a byte's other values that change what the program does, and what they do.
(() => {
  const { heat, size } = page.model;
  const el = page.el;
  const view = { id: "heat", title: "Which bytes matter", available: !!heat, framed: true };
  page.views.push(view);
  if (!heat) return;

  // Where the lists have a byte; -1: it was not tried.
  const place = new Int32Array(size).fill(-1);
  let tried = 0;
  for (let i = 0; i < heat.tried.length; i += 2) for (let k = 0; k < heat.tried[i + 1]; k++) place[heat.tried[i] + k] = tried++;
  // A number below 0: the one before it comes as many times more.
  const expand = (list) => {
    const all = new Float64Array(tried);
    let at = 0;
    for (const one of list) {
      if (one < 0) all.fill(all[at - 1], at, at - one);
      else all[at] = one;
      at += one < 0 ? -one : 1;
    }
    return all;
  };
  const counts = heat.counts.map(expand);
  const reason = expand(heat.reason);
  // How many values of a range of bytes had each outcome, and how many were tried.
  const sums = (from, to) => {
    const all = counts.map((list) => place.subarray(from, to).reduce((sum, at) => sum + (at < 0 ? 0 : list[at]), 0));
    return { all, runs: all.reduce((sum, one) => sum + one, 0) };
  };

  // Cividis (Nunez, Anderton, Renslow 2018) reads alike with all kinds of colour vision. White and black contrast alike at 0.46.
  const RAMP = ["00224e", "123570", "3b496c", "575d6d", "707173", "8a8678", "a59c74", "c3b369", "e1cc55", "fee838"].map((one) => one.match(/../g).map((two) => parseInt(two, 16)));
  view.byteColour = (offset) => {
    const { all, runs } = sums(offset, offset + 1);
    if (!runs) return { background: "var(--hollow)", ink: "var(--soft)" };
    const part = 1 - all[0] / runs;
    const low = Math.min(8, Math.floor(part * 9));
    return { background: "rgb(" + RAMP[low].map((one, i) => Math.round(one + (RAMP[low + 1][i] - one) * (part * 9 - low))) + ")", ink: part > 0.46 ? "#000" : "#fff" };
  };
  view.enter = () => (page.grey = true);
  view.legend = () => [["none", "no value matters"], ["ramp", "some to all other values change something"], ["untried", "not tried"]].slice(0, tried < size ? 3 : 2).map(([name, text]) => ({ swatchClass: "heat-" + name, text }));

  const matters = ({ all, runs }) => (runs === all[0] ? "none of " + runs : runs - all[0] + " of " + runs) + " other values " + (runs === all[0] ? "matters" : "change something");
  view.card = (element, selection) => {
    const { offset, owner } = selection;
    const here = sums(offset, offset + 1);
    page.cardHead(element, selection);
    element.append(el("p", "meaning", here.runs ? page.capital(matters(here)) : "Not tried: the result has no other value of this byte."));
    const table = el("dl", "outcomes");
    here.all.forEach((count, i) => {
      const bar = el("span", "share");
      bar.style.width = (100 * count) / here.runs + "%";
      if (count) table.append(el("dt", "", heat.outcomes[i]), el("dd", "", "", el("span", "track", "", bar), el("b", "", "" + count)));
    });
    element.append(table, el("p", "mono", heat.reasons[reason[place[offset]] || 0]));
    const whole = owner && sums(owner.offset, page.end(owner));
    if (whole && whole.runs > here.runs) element.append(el("p", "also", "All " + owner.length + " bytes of it: " + matters(whole)));
    const parts = heat.parts.length < heat.of && "part " + heat.parts.join(", ") + " of " + heat.of;
    const about = [page.count(heat.runs, "run"), parts, !heat.complete && "stopped before the last", heat.values < 255 && heat.values + " values a byte", ...heat.notes];
    element.append(el("p", "also", about.filter((one) => one).join("; ")));
  };
})();
