"use strict";
(function () {
  const root = document.documentElement;
  const all = (css, inside = document) => [...inside.querySelectorAll(css)];
  const make = (name, cls, text) => {
    const made = document.createElement(name);
    if (cls) made.className = cls;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  // Views: the fragment says which one, and of the reviewer's which stage.
  const stages = all(".stage");
  const links = new Map(all(".list a").map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
  let current = null;

  function choose(article) {
    if (current) { current.classList.remove("current"); links.get(current.id).removeAttribute("aria-current"); }
    current = article;
    if (!article) return;
    article.classList.add("current");
    const link = links.get(article.id);
    link.setAttribute("aria-current", "true");
    link.scrollIntoView({ block: "nearest" });
    fill(article.querySelector(".compare"));
  }

  function go(fragment) { location.hash = fragment; show(true); }

  let shown = null;
  function show(moved) {
    if (location.hash === shown) return;
    shown = location.hash;
    let name = "";
    try { name = decodeURIComponent(location.hash.slice(1)); } catch { /* no name of ours */ }
    const article = stages.find((one) => one.id === name);
    const view = article ? "reviewer" : ["reviewer", "coordinator"].includes(name) ? name : "porter";
    root.dataset.view = view;
    for (const a of all(".views a")) {
      if (a.dataset.view === view) a.setAttribute("aria-current", "page"); else a.removeAttribute("aria-current");
    }
    if (view === "reviewer") choose(article || current || stages.find((one) => !one.dataset.landed) || stages[0]);
    else fill(document.querySelector(".compare[data-stage='']"));
    if (moved && article) { window.scrollTo(0, 0); article.querySelector("h3").focus({ preventScroll: true }); }
    else if (moved) { window.scrollTo(0, 0); }
  }

  // Colours: as the system has them, or as somebody chose.
  const theme = document.getElementById("theme");
  const themes = [["", "◐", "as the system has them"], ["light", "☀", "light"], ["dark", "☾", "dark"]];
  function colour(next) {
    let at = themes.findIndex(([name]) => name === (root.dataset.theme || ""));
    if (next) at = (at + 1) % themes.length;
    const [name, sign, words] = themes[at];
    if (name) root.dataset.theme = name; else delete root.dataset.theme;
    theme.textContent = sign;
    theme.setAttribute("aria-label", `Colours: ${words}`);
    theme.title = `Colours: ${words}`;
    if (next) try { localStorage.setItem("stacker-theme", name); } catch { /* a browser may keep nothing */ }
  }
  theme.addEventListener("click", () => colour(true));

  // Files of a change, folded or not, all at once.
  function fold(article) {
    const button = article.querySelector(".fold");
    if (!button) return;
    const open = button.getAttribute("aria-pressed") !== "true";
    for (const one of all("details.file", article)) one.open = open;
    button.setAttribute("aria-pressed", String(open));
    button.textContent = open ? "Fold all" : "Unfold all";
  }
  for (const button of all(".fold")) button.addEventListener("click", () => fold(button.closest(".stage")));

  const find = document.getElementById("find");
  find.addEventListener("input", () => {
    const words = find.value.toLowerCase();
    for (const a of links.values()) a.parentElement.hidden = !a.dataset.find.toLowerCase().includes(words);
  });

  function step(by) {
    if (root.dataset.view !== "reviewer" || !current) return;
    const next = stages[stages.indexOf(current) + by];
    if (next) go(encodeURIComponent(next.id));
  }
  const keys = {
    1: () => go("porter"), 2: () => go("reviewer"), 3: () => go("coordinator"),
    j: () => step(1), k: () => step(-1), t: () => colour(true),
    e: () => { if (root.dataset.view === "reviewer" && current) fold(current); },
  };
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName || "");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  // Versions: each tells only what differs from the newer one before it.
  let versions = null, texts = [];
  function known() {
    if (versions) return versions;
    const data = JSON.parse(document.getElementById("versions").textContent);
    texts = data.texts;
    let last = new Map();
    versions = data.versions.map((one) => {
      last = new Map(last);
      for (const stage of one.gone) last.delete(stage);
      for (const [stage, some] of Object.entries(one.stages)) last.set(stage, some);
      return { ...one, stages: last };
    });
    return versions;
  }

  // The versions in which a stage is there; those with the very patches of a newer one fall away.
  function choices(stage) {
    const seen = new Set();
    return known().filter((one) => {
      if (!stage) return true;
      const some = one.stages.get(stage);
      const key = some && some.join();
      if (!some || seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  }

  function fill(place) {
    if (!place || place.firstChild) return;
    const stage = place.dataset.stage, some = choices(stage);
    if (stage) place.append(make("h4", "", "What changed between versions"));
    if (some.length < 2) {
      if (stage) place.append(make("p", "quiet", some.length ? `Its patches are the same in all versions that are here, since v${same(stage)}.` : "No version of it is here to compare."));
      return;
    }
    const row = make("div", "choose"), told = make("div", "told");
    const [old, now] = ["From version", "to version"].map((label) => {
      const select = make("select");
      select.setAttribute("aria-label", label);
      for (const one of some) {
        const option = make("option", "", `v${one.n} · ${one.when.slice(0, 10)} · ${one.what}`);
        option.value = one.n;
        select.append(option);
      }
      return select;
    });
    old.value = some[1].n;
    now.value = some[0].n;
    const go = make("button", "", "Compare");
    go.type = "button";
    told.setAttribute("aria-live", "polite");
    go.addEventListener("click", () => compare(place, told, Number(old.value), Number(now.value)));
    row.append(old, "→", now, go);
    place.append(row, told);
  }

  function same(stage) {
    const here = known().filter((one) => one.stages.has(stage));
    return here.length ? Math.min(...here.map((one) => one.n)) : "";
  }

  function compare(place, told, from, to) {
    const one = known().find((v) => v.n === from), other = known().find((v) => v.n === to);
    const every = new Set([...stages.map((article) => article.dataset.stage), ...other.stages.keys(), ...one.stages.keys()]);
    const asked = place.dataset.stage ? [place.dataset.stage] : [...every].filter((stage) => one.stages.has(stage) || other.stages.has(stage));
    const parts = asked.map((stage) => [stage, pairs(one.stages.get(stage) || [], other.stages.get(stage) || [])]);
    const shown = parts.filter(([, found]) => found.some((pair) => pair.old !== pair.now));
    const alone = Boolean(place.dataset.stage);
    const words = !shown.length ? "the same patches" : alone ? "it differs" : `${shown.length} of ${asked.length} stages differ`;
    told.replaceChildren(make("p", "said quiet", `v${from} → v${to}: ${words}. Line numbers and blob ids are left out, as in git range-diff.`));
    for (const [stage, found] of shown) {
      for (const pair of found) if (alone || pair.old !== pair.now) told.append(element(pair, alone ? "" : stage, shown.length <= OPENED));
    }
  }

  // Which patch of the one version is which of the other: the same text, the same subject, the most alike.
  function pairs(old, now) {
    const left = new Set(old.keys()), found = new Map();
    const take = (fits) => now.forEach((text, n) => {
      if (found.has(n)) return;
      for (const m of left) if (fits(old[m], text)) { found.set(n, m); left.delete(m); return; }
    });
    take((a, b) => a === b);
    take((a, b) => subject(a) === subject(b));
    take((a, b) => alike(a, b) > 0.5);
    const both = now.map((text, n) => ({ old: found.has(n) ? old[found.get(n)] : null, now: text }));
    return [...both, ...[...left].map((m) => ({ old: old[m], now: null }))];
  }
  const subject = (n) => texts[n].split("\n", 1)[0];
  function alike(a, b) {
    const one = new Set(texts[a].split("\n")), other = texts[b].split("\n");
    return other.filter((line) => one.has(line)).length / Math.max(one.size, other.length);
  }

  const OPENED = 12;  // stages; of more only what somebody opens is drawn
  function element(pair, stage, opened) {
    const sign = pair.old === pair.now ? "same" : pair.old === null ? "new" : pair.now === null ? "gone" : "changed";
    const made = make("details", "pair"), summary = make("summary");
    summary.append(make("b", "", stage ? `${stage} ` : ""), `${subject(pair.now ?? pair.old)} `, make("small", "", sign));
    made.append(summary);
    if (sign === "same") { made.append(make("p", "quiet", "The same patch.")); return made; }
    made.addEventListener("toggle", () => { if (made.children.length === 1) made.append(dual(pair)); });
    made.open = opened && sign === "changed";
    return made;
  }

  function dual(pair) {
    const lines = (n) => (n === null ? [] : texts[n].split("\n"));
    const made = make("div", "dual path");
    made.tabIndex = 0;
    made.setAttribute("role", "group");
    made.setAttribute("aria-label", "How the patch differs");
    for (const [sign, line] of near(steps(lines(pair.old), lines(pair.now)))) {
      const outer = { "+": "came", "-": "went", "…": "gap" }[sign] || "";
      const inner = line.startsWith("+") ? "plus-line" : line.startsWith("-") ? "minus-line" : "";
      made.append(make("span", `${outer} ${inner}`.trim(), sign === "…" ? line : `${sign} ${line}`));
    }
    return made;
  }

  // What changed with three lines around it; where lines are left out stands the file they are of.
  function near(steps) {
    const keep = new Uint8Array(steps.length);
    steps.forEach(([sign], at) => { if (sign !== " ") keep.fill(1, Math.max(0, at - 3), at + 4); });
    const found = [];
    let file = "", gap = false;
    steps.forEach((one, at) => {
      if (one[1].startsWith("## ")) file = one[1].slice(3);
      if (!keep[at]) { gap = true; return; }
      if (gap) found.push(["…", `… ${file}`]);
      gap = false;
      found.push(one);
    });
    return found;
  }

  // Myers' shortest edit script; what is too different is shown as gone and come.
  const FARTHEST = 1500;
  function steps(a, b) {
    let start = 0, end = 0;
    while (start < a.length && start < b.length && a[start] === b[start]) start++;
    while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
    const keep = (line) => [" ", line];
    return [...a.slice(0, start).map(keep), ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)), ...a.slice(a.length - end).map(keep)];
  }
  function middle(a, b) {
    const trace = farthest(a, b);
    if (!trace) return [...a.map((line) => ["-", line]), ...b.map((line) => ["+", line])];
    const found = [];
    let x = a.length, y = b.length;
    for (let d = trace.length - 1; d > 0; d--) {
      const reached = (k) => trace[d - 1][k + d];
      const k = x - y, down = k === -d || (k !== d && reached(k - 1) < reached(k + 1));
      const before = reached(down ? k + 1 : k - 1), start = down ? before : before + 1;
      while (x > start) { x--; y--; found.push([" ", a[x]]); }
      if (down) { y--; found.push(["+", b[y]]); } else { x--; found.push(["-", a[x]]); }
    }
    while (x > 0) { x--; found.push([" ", a[x]]); }
    return found.reverse();
  }
  // How far each diagonal got after 0, 1, 2 … edits; of d edits those from -d - 1 to d + 1 are kept.
  function farthest(a, b) {
    const most = Math.min(a.length + b.length, FARTHEST), trace = [], v = new Int32Array(2 * most + 3), zero = most + 1;
    for (let d = 0; d <= most; d++) {
      for (let k = -d; k <= d; k += 2) {
        const down = k === -d || (k !== d && v[zero + k - 1] < v[zero + k + 1]);
        let x = down ? v[zero + k + 1] : v[zero + k - 1] + 1, y = x - k;
        while (x < a.length && y < b.length && a[x] === b[y]) { x++; y++; }
        v[zero + k] = x;
        if (x >= a.length && y >= b.length) { trace.push(v); return trace; }
      }
      trace.push(v.slice(zero - d - 1, zero + d + 2));
    }
    return null;
  }

  window.addEventListener("hashchange", () => show(true));
  colour(false);
  show(false);
})();
