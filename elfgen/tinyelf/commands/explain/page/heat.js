// Which bytes matter: the share of a byte's other values that change what the program does, and what they do.
(() => {
  const heat = page.model.heat;
  const el = page.el;
  const view = { id: "heat", title: "Which bytes matter", available: Boolean(heat), framed: true };
  page.views.push(view);
  if (!heat) return;

  // Where the lists have a byte; -1: it was not tried.
  const place = new Int32Array(page.model.size).fill(-1);
  let entries = 0;
  for (let i = 0; i < heat.tried.length; i += 2) for (let k = 0; k < heat.tried[i + 1]; k++) place[heat.tried[i] + k] = entries++;
  // A number below 0: the one before it comes as many times more.
  const expand = (list) => {
    const all = new Float64Array(entries);
    let at = 0;
    for (const one of list) {
      if (one >= 0) all[at++] = one;
      else at = all.fill(all[at - 1], at, at - one) && at - one;
    }
    return all;
  };
  const counts = heat.counts.map(expand);
  const reason = expand(heat.reason);
  const countsOf = (offset) => (place[offset] < 0 ? null : counts.map((list) => list[place[offset]]));
  const sum = (all) => all.reduce((a, b) => a + b, 0);

  // The share that changes something, from 0 to 1; null: no value was tried.
  const share = (offset) => {
    const all = countsOf(offset);
    const runs = all && sum(all);
    return runs ? 1 - all[0] / runs : null;
  };

  // Cividis (Nunez, Anderton, Renslow 2018), which reads alike with all kinds of colour vision.
  const RAMP = [[0, 34, 78], [18, 53, 112], [59, 73, 108], [87, 93, 109], [112, 113, 115], [138, 134, 120], [165, 156, 116], [195, 179, 105], [225, 204, 85], [254, 232, 56]];
  const colour = (part) => {
    const at = part * (RAMP.length - 1);
    const low = Math.min(Math.floor(at), RAMP.length - 2);
    return RAMP[low].map((one, i) => Math.round(one + (RAMP[low + 1][i] - one) * (at - low)));
  };
  const luminance = (rgb) => rgb.map((one) => one / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)).reduce((all, one, i) => all + one * [0.2126, 0.7152, 0.0722][i], 0);
  const painted = (part) => {
    const rgb = colour(part);
    return { background: "rgb(" + rgb + ")", ink: luminance(rgb) > 0.179 ? "#000" : "#fff" };
  };
  view.byteColour = (offset) => {
    const part = share(offset);
    if (part === null) return { background: "var(--hollow)", ink: "var(--soft)" };
    return painted(part);
  };
  view.enter = () => (page.grey = true);
  view.legend = () => [
    { swatchClass: "heat-none", text: "no value matters" },
    { swatchClass: "heat-ramp", text: "some to all other values change something" },
    ...(entries < page.model.size ? [{ swatchClass: "heat-untried", text: "not tried" }] : []),
  ];

  const outcome = (all, runs) => (words, which) => {
    if (!all[which]) return null;
    const bar = el("span", "share");
    bar.style.width = (100 * all[which]) / runs + "%";
    return [el("dt", "", words), el("dd", "outcome", "", el("span", "track", "", bar), el("b", "", String(all[which])))];
  };
  const byteCard = (element, offset) => {
    const all = countsOf(offset);
    const runs = all ? sum(all) : 0;
    if (!runs) return void element.append(el("p", "meaning", "Not tried: the result has no other value of this byte."));
    const changed = runs - all[0];
    element.append(el("p", "meaning", (changed ? changed + " of " : "None of ") + page.count(runs, "other value") + (changed ? " change something" : " matters")));
    element.append(el("dl", "outcomes", "", ...heat.outcomes.flatMap((words, which) => outcome(all, runs)(words, which) || [])));
    const reasons = heat.reasons[reason[place[offset]]];
    if (reasons) element.append(el("p", "mono", reasons));
  };
  const ownerLine = (element, owner) => {
    const all = heat.outcomes.map(() => 0);
    for (let offset = owner.offset; offset < page.end(owner); offset++) (countsOf(offset) || []).forEach((one, i) => (all[i] += one));
    if (sum(all) && owner.length > 1) element.append(el("p", "also", "All " + owner.length + " bytes of it: " + (sum(all) - all[0]) + " of " + sum(all) + " values change something"));
  };
  const about = () => {
    const parts = heat.parts.length < heat.of ? "; part " + heat.parts.join(", ") + " of " + heat.of : "";
    const whole = heat.complete ? "" : "; stopped before all were made";
    return [page.count(heat.runs, "run") + parts + whole, heat.values < 255 && heat.values + " values a byte", ...heat.notes].filter((one) => one).join("; ");
  };
  view.card = (element, selection) => {
    page.cardHead(element, selection);
    if (page.model.size) byteCard(element, selection.offset);
    if (selection.owner) ownerLine(element, selection.owner);
    element.append(el("p", "also", about()));
  };
})();
