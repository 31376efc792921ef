"use strict";
(() => {
  const sweep = JSON.parse(document.getElementById("sweep").textContent);
  const [NAME, GRADE, REASON, AT, STATUS, STAND, CAUSES] = [0, 1, 2, 3, 4, 5, 6];
  const GRADES = ["went on to success", "ended by itself, in failure", "behaved in another way", "crashed, spun or left something", "took failure for success, or a secret astray", "holds the port"];
  const FOUND = 2;
  const MOST_LISTED = 300;
  const byId = (id) => document.getElementById(id);
  const strip = byId("strip"), detail = byId("detail");

  const make = (tag, text, kind) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (kind) node.className = kind;
    return node;
  };

  // Theme: what the reader has chosen in this page, else the system's.
  let theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  if (location.hash === "#dark" || location.hash === "#light") theme = location.hash.slice(1);
  const showTheme = () => {
    document.documentElement.dataset.theme = theme;
    byId("theme").textContent = theme === "dark" ? "Light" : "Dark";
  };
  const switchTheme = () => { theme = theme === "dark" ? "light" : "dark"; showTheme(); };
  showTheme();

  // The strip
  const percent = (columns) => (100 * columns / sweep.columns) + "%";
  const line = (name, kind) => {
    const row = make("div", undefined, "line " + kind);
    const label = make("div", name, "name");
    label.title = name;
    const track = make("div", undefined, "track");
    row.append(label, track);
    strip.append(row);
    return track;
  };
  for (const [sender, label] of [["client", "client says"], ["modem", "modem says"], ["isp", "ISP says"]]) {
    const pieces = sweep.pieces.filter((piece) => piece[0] === sender);
    if (!pieces.length) continue;
    const track = line(label, "says");
    for (const [, text, column, columns] of pieces) {
      const piece = make("span", text, "piece " + sender);
      piece.title = text;
      piece.style.left = percent(column);
      piece.style.width = percent(columns);
      track.append(piece);
    }
  }
  const cells = [];  // by row: {node, row, column, grade, count, cases}
  sweep.rows.forEach(([name, places], row) => {
    const track = line(name, "kind");
    cells.push(places.map(([column, grade, count, cases]) => {
      const node = make("i", undefined, "cell g" + grade);
      node.title = name + ": " + count + (count === 1 ? " case, " : " cases, ") + GRADES[grade];
      node.style.left = percent(column);
      node.style.width = percent(1);
      track.append(node);
      const cell = {node, row, column, grade, count, cases};
      node.cell = cell;
      return cell;
    }));
  });
  GRADES.forEach((text, grade) => {
    const item = make("span", text);
    item.prepend(make("span", undefined, "dot g" + grade));
    byId("legend").append(item);
  });

  // What is chosen
  let chosen = null, cause = null;
  const choose = (cell, number) => {
    if (!cell) return;
    if (chosen) chosen.node.classList.remove("chosen");
    chosen = cell;
    cell.node.classList.add("chosen");
    const found = cell.cases.filter((each) => sweep.cases[each][GRADE] === cell.grade);
    showCase(cell.cases, number === undefined ? (found.length ? found[0] : cell.cases[0]) : number, cell);
  };
  const block = (title, text) => {
    if (!text) return [];
    const copy = make("button", "Copy", "copy");
    copy.addEventListener("click", () => {
      const area = make("textarea", text);
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      copy.textContent = "Copied";
    });
    return [copy, make("h2", title), make("pre", text)];
  };
  const pairs = (rows) => {
    const list = make("dl");
    for (const [term, text] of rows) if (text) list.append(make("dt", term), make("dd", text));
    return list;
  };
  const aboutCause = (number) => {
    const each = sweep.causes[number];
    return [
      pairs([["found", each.kind], ["where", each.stand], ["what", each.detail], ["smallest case", each.smallest], ["written to", each.file]]),
      ...block("Replay the smallest case", each.replay),
    ];
  };
  const list = (numbers, current, cell) => {
    const items = make("ol");
    for (const number of numbers.slice(0, MOST_LISTED)) {
      const entry = make("li"), button = make("button", sweep.cases[number][NAME]);
      button.prepend(make("span", undefined, "dot g" + sweep.cases[number][GRADE]));
      button.setAttribute("aria-current", String(number === current));
      button.addEventListener("click", () => showCase(numbers, number, cell));
      entry.append(button);
      items.append(entry);
    }
    return items;
  };
  const showCase = (numbers, number, cell) => {
    const parts = [];
    const title = cell ? sweep.rows[cell.row][0] : "cause " + (cause + 1);
    parts.push(make("h3", title));
    const total = cell ? cell.count : numbers.length;
    if (total > 1) parts.push(make("p", total + " cases here" + (numbers.length > MOST_LISTED || numbers.length < total ? ", the first of them:" : ":"), "hint"), list(numbers, number, cell));
    if (number === undefined) parts.push(make("p", "These cases are not in the page: it has the most important ones of very many.", "hint"));
    else {
      const each = sweep.cases[number];
      parts.push(make("h3", each[NAME]));
      parts.push(pairs([["outcome", GRADES[each[GRADE]]], ["verdict", each[REASON]], ["at", each[AT] + " s"], ["client", each[STATUS]], ["stood at", each[STAND]]]));
      for (const found of each[CAUSES]) parts.push(make("h2", "Cause " + (found + 1)), ...aboutCause(found));
      const scenario = sweep.scenarios[number];
      parts.push(...block("Scenario", scenario));
      if (scenario) parts.push(...block("Replay this case", "simisp run THIS-SCENARIO.yaml " + quoted(sweep.recipe)));
      parts.push(...block("Transcript", sweep.transcripts[number]));
    }
    detail.replaceChildren(...parts);
  };
  const quoted = (words) => words.map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word : "'" + word.replaceAll("'", "'\\''") + "'").join(" ");
  const chooseCause = (number) => {
    const rows = [...document.querySelectorAll("#causes tbody tr")];
    cause = cause === number ? null : number;
    rows.forEach((row, index) => row.setAttribute("aria-current", String(index === cause)));
    const mine = new Set();
    sweep.cases.forEach((each, index) => { if (each[CAUSES].includes(cause)) mine.add(index); });
    for (const row of cells) for (const cell of row) {
      cell.node.classList.toggle("faded", cause !== null && !cell.cases.some((each) => mine.has(each)));
    }
    if (cause === null) return;
    const numbers = [...mine];
    if (chosen) { chosen.node.classList.remove("chosen"); chosen = null; }
    if (numbers.length) showCase(numbers, numbers[0], null);
    else detail.replaceChildren(make("h3", "cause " + (cause + 1)), ...aboutCause(cause));
  };

  // Mouse and keys
  strip.addEventListener("click", (event) => choose(event.target.cell));
  byId("causes").addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-cause]");
    if (row) chooseCause(Number(row.dataset.cause));
  });
  byId("causes").addEventListener("keydown", (event) => {
    const row = event.target.closest("tr[data-cause]");
    if (row && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); chooseCause(Number(row.dataset.cause)); }
  });
  const nearest = (row, column) => row && row.reduce((best, cell) => !best || Math.abs(cell.column - column) < Math.abs(best.column - column) ? cell : best, null);
  const move = (rows, places) => {
    if (!chosen) return choose(cells.find((row) => row.length)?.[0]);
    if (places) {
      const row = cells[chosen.row];
      return choose(row[row.indexOf(chosen) + places]);
    }
    for (let row = chosen.row + rows; cells[row]; row += rows) {
      if (cells[row].length) return choose(nearest(cells[row], chosen.column));
    }
  };
  const inOrder = cells.flat().filter((cell) => cell.grade >= FOUND).sort((a, b) => a.column - b.column || a.row - b.row);
  const next = () => {
    if (!inOrder.length) return;
    const at = chosen ? inOrder.indexOf(chosen) : -1;
    choose(inOrder[(at + 1) % inOrder.length]);
    strip.focus({preventScroll: true});
    chosen.node.scrollIntoView({block: "nearest"});
  };
  const KEYS = {ArrowLeft: () => move(0, -1), ArrowRight: () => move(0, 1), ArrowUp: () => move(-1, 0), ArrowDown: () => move(1, 0)};
  strip.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (act && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); act(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "n" || event.key === "N") next();
    if (event.key === "t" || event.key === "T") switchTheme();
  });
  byId("theme").addEventListener("click", switchTheme);
  byId("next").addEventListener("click", next);
  byId("next").disabled = !inOrder.length;

  // What was covered
  if (sweep.coverage.length) {
    const never = sweep.coverage.filter(([, usual, cases]) => !usual && !cases).length;
    const body = byId("covered").querySelector("tbody");
    byId("covered").querySelector("summary").textContent = "Coverage: " + (sweep.coverage.length - never) + " of " + sweep.coverage.length + " reached";
    for (const [stand, usual, cases] of sweep.coverage) {
      const row = make("tr", undefined, usual || cases ? "" : "never");
      row.append(make("td", stand), make("td", usual ? "yes" : "no"), make("td", String(cases), "n"));
      body.append(row);
    }
    byId("covered").hidden = false;
  }
  for (const id of ["corner", "heat", "detail"]) byId(id).hidden = false;
  if (inOrder.length) choose(inOrder[0]);
  else if (cells.some((row) => row.length)) choose(cells.find((row) => row.length)[0]);
})();
