"use strict";

const ROW = 22, ARROWS = ["---", "-->", "<--"], ECHO = 1, SECRET = 2, BAD = 4;
const NAMES = { 13: "\\r", 10: "\\n", 9: "\\t", 8: "\\b", 92: "\\\\" };

/** Octets as text that shows each of them. */
function printable(text) {
  return text.replace(/[^\x20-\x5b\x5d-\x7e]/g, (one) => {
    const code = one.charCodeAt(0);
    return NAMES[code] || "\\x" + code.toString(16).padStart(2, "0");
  });
}

/** Octets as lines of offset, hexadecimal and ASCII. */
function hexDump(text) {
  const lines = [];
  for (let start = 0; start < text.length; start += 16) {
    const part = text.slice(start, start + 16), codes = [...part].map((one) => one.charCodeAt(0).toString(16).padStart(2, "0"));
    const left = codes.slice(0, 8).join(" "), right = codes.slice(8).join(" ");
    lines.push(`${start.toString(16).padStart(4, "0")}  ${(left + "  " + right).padEnd(48)}  ${part.replace(/[^\x20-\x7e]/g, ".")}`);
  }
  return lines.join("\n");
}

/** A row as it is shown. */
function rowText(row) {
  return row[3] ? printable(row[5]) : row[5];
}

function isBad(row) {
  return Boolean(row[6] & BAD);
}

/** The list of rows. Only those in view are in the document. */
class RowList {
  constructor(box, inner, run, onSelect) {
    Object.assign(this, { box, inner, run, onSelect });
    this.shown = run.rows.map((_, index) => index);
    this.selected = -1;
    this.matches = new Set();
    box.addEventListener("scroll", () => this.render());
    box.addEventListener("keydown", (event) => this.onKey(event));
    inner.addEventListener("click", (event) => {
      const row = event.target.closest(".row");
      if (row) this.select(Number(row.dataset.index));
    });
  }

  /** Show some rows only, by their indices. */
  setShown(shown) {
    this.shown = shown;
    this.render();
    if (this.selected >= 0) this.reveal();
  }

  onKey(event) {
    const page = Math.max(Math.floor(this.box.clientHeight / ROW) - 1, 1);
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || !this.shown.length) return;
    event.preventDefault();
    const now = this.positionOf(this.selected);
    this.select(this.shown[Math.min(Math.max(now + by, 0), this.shown.length - 1)]);
  }

  /** Where a row is among the shown ones, or would be. */
  positionOf(index) {
    let low = 0, high = this.shown.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.shown[middle] < index) low = middle + 1; else high = middle;
    }
    return low;
  }

  select(index) {
    this.selected = index;
    this.reveal();
    this.render();
    this.onSelect(index);
  }

  reveal() {
    const top = this.positionOf(this.selected) * ROW, box = this.box;
    if (top < box.scrollTop || top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 2 + ROW;
  }

  render() {
    const { box, inner, shown } = this;
    inner.style.height = shown.length * ROW + "px";
    const first = Math.max(Math.floor(box.scrollTop / ROW) - 8, 0);
    const last = Math.min(first + Math.ceil((box.clientHeight || 400) / ROW) + 16, shown.length);
    const rows = [];
    for (let position = first; position < last; position++) rows.push(this.row(shown[position], position));
    inner.replaceChildren(...rows);
    if (this.selected >= 0) box.setAttribute("aria-activedescendant", "row-" + this.selected);
  }

  row(index, position) {
    const row = this.run.rows[index], [at, , lane, direction, , , flags] = row;
    const element = document.createElement("div");
    element.id = "row-" + index;
    element.dataset.index = index;
    element.style.top = position * ROW + "px";
    element.setAttribute("role", "option");
    element.setAttribute("aria-posinset", position + 1);
    element.setAttribute("aria-setsize", this.shown.length);
    element.setAttribute("aria-selected", index === this.selected);
    const before = position ? this.run.rows[this.shown[position - 1]][0] : 0;
    element.className = ["row", ["fact", "out", "in"][direction], flags & ECHO ? "echo" : "", isBad(row) ? "bad" : "",
      this.matches.has(index) ? "matches" : "", index === this.selected ? "selected" : "",
      at - before >= 5 ? "idle-before" : ""].filter(Boolean).join(" ");
    const cell = (shape, text) => {
      const part = document.createElement("span");
      part.className = shape;
      part.textContent = text;
      element.appendChild(part);
    };
    cell("at", timeText(at));
    cell("lane", lane < 0 ? "" : this.run.lanes[lane].label);
    cell("arrow", ARROWS[direction]);
    cell("text", rowText(row).slice(0, 400));
    return element;
  }
}
