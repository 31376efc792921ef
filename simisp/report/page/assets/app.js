"use strict";

(() => {
  const run = JSON.parse(document.getElementById("run").textContent);
  const by = (id) => document.getElementById(id);
  for (const id of ["tools", "corner", "timeline", "list", "detail"]) by(id).removeAttribute("hidden");

  const timeline = new Timeline(by("timeline"), run, (time, lane) => {
    let best = -1, distance = Infinity;
    for (const index of list.shown) {
      const row = run.rows[index], off = Math.max(row[0] - time, time - row[1], 0) + (lane === null || row[2] === lane ? 0 : 1e9);
      if (off < distance) { best = index; distance = off; }
    }
    if (best >= 0) list.select(best);
  });

  const list = new RowList(by("list"), by("rows"), run, (index) => {
    timeline.selected = run.rows[index][0];
    timeline.show(run.rows[index][0]);
    timeline.render();
    if (run.rows[index][2] >= 0) timeline.showLane(run.rows[index][2]);
    showDetail(index);
    countMatches();
  });

  function showDetail(index) {
    const [at, until, lane, direction, kind, text, flags] = run.rows[index];
    const facts = document.createElement("dl");
    const add = (name, value) => {
      for (const [tag, words] of [["dt", name], ["dd", value]]) {
        const part = document.createElement(tag);
        part.textContent = words;
        facts.appendChild(part);
      }
    };
    add("at", timeText(at) + (until > at ? ` to ${timeText(until)}` : ""));
    if (index) add("after", lengthText(at - run.rows[index - 1][0]));
    if (lane >= 0) add("of", run.lanes[lane].label);
    add("what", direction ? ["", "octets from the client", "octets to the client"][direction] + `, ${text.length}` : kind);
    if (flags & ECHO) add("note", "an echo");
    if (flags & SECRET) add("note", "a secret is masked");
    const parts = [facts];
    const block = (title, shape, words) => {
      const heading = document.createElement("h2"), pre = document.createElement("pre");
      heading.textContent = title;
      pre.className = shape;
      pre.textContent = words;
      parts.push(heading, pre);
    };
    block("Text", "words", direction ? printable(text).replace(/\\n/g, "\\n\n") : text);
    if (direction) block("Octets", "hex", hexDump(text));
    by("detail").replaceChildren(...parts);
  }

  // Search -----------------------------------------------------------------------------------------------------------

  let matches = [];

  function matcher(query) {
    const hex = /^hex:((\s*[0-9a-f]{2})+)\s*$/i.exec(query);
    if (hex) {
      const sought = hex[1].replace(/\s+/g, "").replace(/../g, (two) => String.fromCharCode(parseInt(two, 16)));
      return (row) => row[3] > 0 && row[5].includes(sought);
    }
    const words = query.toLowerCase();
    return (row) => rowText(row).toLowerCase().includes(words) || row[4].includes(words);
  }

  function search() {
    const query = by("search").value, test = matcher(query.trim());
    matches = [];
    if (query.trim()) run.rows.forEach((row, index) => { if (isShown(row) && test(row)) matches.push(index); });
    list.matches = new Set(matches);
    timeline.found = matches;
    filter();
    timeline.render();
    countMatches();
  }

  function isShown(row) {
    const lane = by("lane").value;
    return (by("echo").checked || !(row[6] & ECHO)) && (lane === "" || row[2] === Number(lane));
  }

  function filter() {
    const only = by("only").checked && by("search").value.trim();
    const shown = [];
    run.rows.forEach((row, index) => { if (isShown(row) && (!only || list.matches.has(index))) shown.push(index); });
    list.setShown(shown);
  }

  function countMatches() {
    const asked = by("search").value.trim(), here = matches.indexOf(list.selected);
    by("count").textContent = !asked ? "" : !matches.length ? "not found" : here < 0 ? `${matches.length} found` : `${here + 1} of ${matches.length}`;
    by("previous").disabled = by("next").disabled = !matches.length;
  }

  function step(forward) {
    if (!matches.length) return;
    const next = forward ? matches.find((index) => index > list.selected) : matches.findLast((index) => index < list.selected);
    list.select(next === undefined ? (forward ? matches[0] : matches[matches.length - 1]) : next);
  }

  // Ways through the run ---------------------------------------------------------------------------------------------

  function goToHang() {
    if (!run.hang) return;
    timeline.showBetween(run.hang.from, run.hang.to);
    list.select(run.hang.row);
    timeline.showBetween(run.hang.from, run.hang.to);
    const held = run.spans.find((span) => span[5] === "hang");
    if (held) timeline.showLane(held[0]);
  }

  function jump(forward) {
    const now = list.selected < 0 ? 0 : run.rows[list.selected][0];
    const idle = forward ? run.idle.find(([, to]) => to > now) : run.idle.findLast(([from]) => from < now);
    if (!idle) return;
    const time = forward ? idle[1] : idle[0];
    list.select(Math.min(forward ? firstAt(run.rows, time - 1e-9) : Math.max(firstAt(run.rows, time + 1e-9) - 1, 0), run.rows.length - 1));
  }

  // Light and dark ---------------------------------------------------------------------------------------------------

  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)");

  function stored(value) {
    try {
      if (value !== undefined) localStorage.setItem("simisp theme", value);
      return localStorage.getItem("simisp theme");
    } catch {
      return null; // a file may have no storage
    }
  }

  function setTheme(theme) {
    root.dataset.theme = theme;
    by("theme").textContent = theme === "dark" ? "Light" : "Dark";
  }

  dark.addEventListener("change", () => { if (!stored()) setTheme(dark.matches ? "dark" : "light"); });
  setTheme(stored() || (dark.matches ? "dark" : "light"));

  function switchTheme() {
    const theme = root.dataset.theme === "dark" ? "light" : "dark";
    setTheme(theme);
    stored(theme);
  }

  // Print ------------------------------------------------------------------------------------------------------------

  const MOST_PRINTED = 2000, PRINTED_WIDTH = 800;

  addEventListener("beforeprint", () => {
    const table = by("printed"), selected = list.positionOf(list.selected);
    const start = list.shown.length <= MOST_PRINTED ? 0 : Math.max(Math.min(selected - MOST_PRINTED / 2, list.shown.length - MOST_PRINTED), 0);
    const rows = list.shown.slice(start, start + MOST_PRINTED).map((index) => {
      const row = run.rows[index], line = document.createElement("tr");
      line.className = (isBad(row) ? "bad " : "") + (row[6] & ECHO ? "echo" : "");
      for (const words of [timeText(row[0]), row[2] < 0 ? "" : run.lanes[row[2]].label, ARROWS[row[3]], rowText(row)]) {
        line.appendChild(document.createElement("td")).textContent = words;
      }
      return line;
    });
    const note = document.createElement("caption");
    if (rows.length < list.shown.length) note.textContent = `Rows ${start + 1} to ${start + rows.length} of ${list.shown.length}; search with "only matches" prints others.`;
    table.replaceChildren(note, ...rows);
    timeline.render(PRINTED_WIDTH);
  });
  addEventListener("afterprint", () => {
    by("printed").replaceChildren();
    timeline.render();
  });

  // What a person does -----------------------------------------------------------------------------------------------

  const actions = {
    out: () => timeline.zoom(2), in: () => timeline.zoom(0.5), fit: () => timeline.look(0, 1),
    back: () => jump(false), ahead: () => jump(true), hang: goToHang, theme: switchTheme, print: () => window.print(),
    help: () => by("keys").showModal(), previous: () => step(false), next: () => step(true),
  };
  for (const id in actions) by(id).addEventListener("click", actions[id]);
  by("search").addEventListener("input", search);
  by("search").addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); step(!event.shiftKey); }
    if (event.key === "Escape") { by("search").value = ""; search(); by("list").focus(); }
  });
  for (const id of ["only", "echo", "lane"]) by(id).addEventListener("change", search);
  by("narrow").addEventListener("change", () => timeline.setNarrow(by("narrow").checked));

  const keys = {
    "/": () => by("search").focus(), n: actions.next, N: actions.previous, h: goToHang, t: switchTheme, "?": actions.help,
    "+": actions.in, "=": actions.in, "-": actions.out, 0: actions.fit, "[": actions.back, "]": actions.ahead,
    ArrowLeft: () => timeline.move(-0.2), ArrowRight: () => timeline.move(0.2),
  };
  addEventListener("keydown", (event) => {
    const typing = event.target.matches("input[type=search], select") || by("keys").open;
    const key = event.key.length === 1 && event.key !== "N" ? event.key.toLowerCase() : event.key;
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, key)) return;
    event.preventDefault();
    keys[key]();
  });

  run.lanes.forEach((lane, index) => by("lane").appendChild(new Option(lane.label, index)));
  const longest = Math.max(...run.lanes.map((lane) => lane.label.length), 0);
  by("list").style.setProperty("--lane", `${Math.min(Math.max(78, longest * 7.6), 150)}px`);
  by("hang").hidden = !run.hang;
  by("back").disabled = by("ahead").disabled = !run.idle.length;
  const hint = document.createElement("p");
  hint.className = "hint";
  hint.textContent = "Choose a row, or click on the time line, to see text and octets.";
  by("detail").replaceChildren(hint);
  countMatches();
  list.render();
  timeline.render();
  let width = 0;
  new ResizeObserver(([entry]) => {
    if (entry.contentRect.width === width) return;
    width = entry.contentRect.width;
    timeline.render();
    list.render();
  }).observe(document.body);
})();
