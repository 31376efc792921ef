"use strict";

const SVG = "http://www.w3.org/2000/svg";
const NARROWEST_GUTTER = 92, LETTER = 6.9, TOP = 34, BAR = 17, MARKS = 9, RIGHT = 12;

/** An element of SVG in its place. A text is never read as markup. */
function draw(parent, name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  if (text !== undefined) element.textContent = text;
  parent.appendChild(element);
  return element;
}

/** Draws the lanes of a run. No more is drawn than there are pixels, whatever the run has. */
class Timeline {
  constructor(svg, run, onPick) {
    this.svg = svg;
    this.run = run;
    this.onPick = onPick;
    this.selected = null;
    this.found = [];
    this.view = [0, 1];
    this.gutter = NARROWEST_GUTTER;
    this.setNarrow(true);
    let top = TOP;
    this.tops = run.lanes.map((lane) => {
      const here = top;
      top += lane.depth * BAR + MARKS + 6;
      return here;
    });
    this.height = top + 4;
    this.listen();
  }

  setNarrow(narrow) {
    const times = this.axis && this.view.map((place) => this.axis.time(place));
    this.axis = new Axis(this.run.end, this.run.idle, narrow);
    if (times) this.look(this.axis.at(times[0]), this.axis.at(times[1]));
  }

  /** Look at a part of the axis. */
  look(from, to) {
    const width = Math.min(Math.max(to - from, 1e-7), 1);
    const start = Math.min(Math.max(from, 0), 1 - width);
    this.view = [start, start + width];
    this.render();
  }

  zoom(factor, around) {
    const [from, to] = this.view;
    const middle = around === undefined ? (from + to) / 2 : around;
    this.look(middle - (middle - from) * factor, middle + (to - middle) * factor);
  }

  move(share) {
    const [from, to] = this.view;
    this.look(from + (to - from) * share, to + (to - from) * share);
  }

  /** Bring a time into view, if it is not. */
  show(time) {
    const place = this.axis.at(time), [from, to] = this.view, width = to - from;
    if (place < from || place > to) this.look(place - width / 2, place + width / 2);
  }

  /** Look at a stretch of time, with some room around it. */
  showBetween(from, to) {
    const start = this.axis.at(from), end = this.axis.at(to), room = Math.max((end - start) * 0.15, 0.02);
    this.look(start - room, end + room);
  }

  x(time) {
    const [from, to] = this.view;
    return this.gutter + ((this.axis.at(time) - from) / (to - from)) * this.inner;
  }

  placeOf(x) {
    const [from, to] = this.view;
    return from + ((x - this.gutter) / this.inner) * (to - from);
  }

  listen() {
    const svg = this.svg;
    let grabbed = null;
    const within = (event) => (event.offsetX / svg.clientWidth) * this.width;
    svg.parentNode.addEventListener("scroll", () => this.placeHeader());
    svg.addEventListener("wheel", (event) => {
      if (within(event) < this.gutter) return; // over the names the lanes are scrolled
      event.preventDefault();
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.move((event.deltaX || event.deltaY) / 800);
      else this.zoom(Math.exp(event.deltaY / 400), this.placeOf(within(event)));
    }, { passive: false });
    svg.addEventListener("pointerdown", (event) => {
      grabbed = { x: within(event), view: this.view, moved: false };
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointermove", (event) => {
      if (!grabbed) return;
      const by = within(event) - grabbed.x;
      if (Math.abs(by) > 3) grabbed.moved = true;
      const [from, to] = grabbed.view, share = (by / this.inner) * (to - from);
      if (grabbed.moved) this.look(from - share, to - share);
    });
    svg.addEventListener("pointerup", (event) => {
      if (grabbed && !grabbed.moved) this.pick(within(event), event.offsetY);
      grabbed = null;
    });
    svg.addEventListener("dblclick", (event) => this.zoom(0.4, this.placeOf(within(event))));
  }

  pick(x, y) {
    if (x < this.gutter) return;
    let lane = this.tops.findIndex((top, index) => y >= top && y < (this.tops[index + 1] || this.height));
    if (lane < 0) lane = null;
    this.onPick(this.axis.time(this.placeOf(x)), lane);
  }

  render(width) {
    this.isPrinted = width !== undefined;
    this.width = width || Math.max(this.svg.clientWidth || 1000, 360);
    const longest = Math.max(...this.run.lanes.map((lane) => lane.label.length), 0);
    this.gutter = Math.max(NARROWEST_GUTTER, Math.min(22 + longest * LETTER, this.width * 0.3));
    this.inner = this.width - this.gutter - RIGHT;
    this.header = [];
    const svg = this.svg;
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    svg.style.height = "auto";
    this.drawGround();
    this.drawSpans();
    this.drawMarks();
    this.drawLines();
    this.drawGutter();
    this.drawHeader();
  }

  drawGround() {
    const { svg, run } = this, right = this.width - RIGHT;
    run.lanes.forEach((lane, index) => {
      if (index % 2) return;
      draw(svg, "rect", { class: "lane", x: 0, y: this.tops[index] - 3, width: this.width, height: lane.depth * BAR + MARKS + 6 });
    });
    for (const [from, to] of run.idle) {
      const left = Math.max(this.x(from), this.gutter), end = Math.min(this.x(to), right);
      if (end - left < 1) continue;
      const band = draw(svg, "rect", { class: "idle", x: left, y: TOP - 4, width: end - left, height: this.height - TOP });
      draw(band, "title", {}, `${lengthText(to - from)} in which nothing happened`);
      const text = lengthText(to - from), wide = text.length * 6;
      if (end - left > wide + 4) this.header.push([{ class: "away", x: (left + end) / 2, y: 12, "text-anchor": "middle" }, text]);
    }
    this.drawTicks(right);
    if (run.hang) {
      const left = Math.max(this.x(run.hang.from), this.gutter), end = Math.min(this.x(run.hang.to), right);
      if (end > left) draw(svg, "rect", { class: "veil", x: left, y: TOP - 4, width: end - left, height: this.height - TOP });
    }
  }

  drawTicks(right) {
    let last = -Infinity;
    for (const piece of this.axis.pieces) {
      if (piece.idle) continue;
      const left = this.x(piece.from), end = this.x(piece.to);
      if (end < this.gutter || left > right || end - left < 0.5) continue;
      const perSecond = (end - left) / (piece.to - piece.from), rough = 90 / perSecond;
      const power = 10 ** Math.floor(Math.log10(rough));
      let step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
      if (rough > 20) step = [30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400].find((each) => each >= rough) || step;
      step = Math.max(step, 0.001);
      const first = Math.max(piece.from, this.axis.time(this.placeOf(this.gutter)));
      for (let number = Math.ceil(first / step - 1e-9); number * step <= piece.to + 1e-9; number++) {
        const x = this.x(number * step);
        if (x > right) break;
        if (x < this.gutter - 0.5 || x - last < 58) continue;
        last = x;
        draw(this.svg, "line", { class: "rule", x1: x, x2: x, y1: TOP - 6, y2: this.height - 4 });
        this.header.push([{ class: "tick", x: x + 3, y: 26 }, timeText(number * step, step)]);
      }
    }
  }

  drawSpans() {
    const { run } = this, right = this.width - RIGHT, taken = new Map();
    for (const [lane, depth, from, to, label, tone, limit] of run.spans) {
      const left = Math.max(this.x(from), this.gutter), end = Math.min(this.x(to === null ? run.end : to), right);
      if (end < this.gutter || left > right || end < left) continue;
      const key = lane * 64 + depth;
      if (end - left < 1 && taken.get(key) > left - 1) continue;
      taken.set(key, end);
      const y = this.tops[lane] + depth * BAR, width = Math.max(end - left, 1.5);
      const isCircuit = run.lanes[lane].kind === "circuits";
      const tall = isCircuit ? 11 : 15;
      const bar = draw(this.svg, "rect", { class: isCircuit ? "circuit" : tone, x: left, y: y + (isCircuit ? 2 : 0), width, height: tall, rx: 2 });
      const lasted = (to === null ? run.end : to) - from;
      const about = `${label}\n${timeText(from)} to ${to === null ? "the end" : timeText(to)} (${lengthText(lasted)})`;
      draw(bar, "title", {}, limit ? `${about}\n${limit}` : about);
      const words = limit ? `${label} (${limit})` : label, room = Math.floor((width - 6) / 5.9);
      if (tone === "hang" && words.length > room && left - this.gutter > words.length * 6.4) {
        draw(this.svg, "text", { class: "outside", x: left - 5, y: y + 11.5, "text-anchor": "end" }, words);
      } else if (room >= Math.min(3, words.length)) {
        const shown = words.length <= room ? words : words.slice(0, Math.max(room - 1, 1)) + "\u2026";
        draw(this.svg, "text", { x: left + 4, y: y + 11.5, "pointer-events": "none" }, shown);
      }
    }
  }

  drawMarks() {
    const { run } = this, right = this.width - RIGHT, taken = run.lanes.map(() => -Infinity);
    const found = new Set(this.found);
    const from = this.axis.time(this.view[0]), to = this.axis.time(this.view[1]);
    for (let index = firstAt(run.rows, from); index < run.rows.length; index++) {
      const [at, until, lane, direction] = run.rows[index];
      if (at > to) break;
      if (lane < 0) continue;
      const x = this.x(at);
      if (x < this.gutter || x > right || (x - taken[lane] < 2 && !found.has(index))) continue;
      taken[lane] = x;
      const width = Math.min(Math.max(this.x(until) - x, 2), right - x + 2);
      const shape = ["mark", "mark out", "mark in"][direction] + (found.has(index) ? " found" : "");
      const y = this.tops[lane] + run.lanes[lane].depth * BAR;
      draw(this.svg, "rect", { class: shape, x, y, width, height: MARKS - 2 });
    }
  }

  drawLines() {
    const { svg, run } = this;
    const line = (time, shape) => {
      const x = this.x(time);
      if (x >= this.gutter && x <= this.width - RIGHT) draw(svg, "line", { class: shape, x1: x, x2: x, y1: TOP - 8, y2: this.height - 4 });
    };
    if (run.verdict) line(run.verdict.at, run.verdict.isGood ? "verdict good" : "verdict");
    if (this.selected !== null) line(this.selected, "cursor");
  }

  drawGutter() {
    draw(this.svg, "rect", { x: 0, y: 0, width: this.gutter - 1, height: this.height, fill: "var(--paper)" });
    const room = Math.floor((this.gutter - 20) / LETTER);
    this.run.lanes.forEach((lane, index) => {
      const shown = lane.label.length > room ? lane.label.slice(0, room - 1) + "\u2026" : lane.label;
      const label = draw(this.svg, "text", { class: "gutter", x: 16, y: this.tops[index] + 11.5 }, shown);
      draw(label, "title", {}, lane.label);
    });
  }

  /** The times stay in sight when many lanes are scrolled. */
  drawHeader() {
    const group = draw(this.svg, "g", { class: "header" });
    draw(group, "rect", { x: 0, y: 0, width: this.width, height: TOP - 4, fill: "var(--paper)" });
    for (const [attributes, text] of this.header) draw(group, "text", attributes, text);
    this.placeHeader();
  }

  placeHeader() {
    const group = this.svg.querySelector(".header");
    if (group) group.setAttribute("transform", `translate(0 ${this.isPrinted ? 0 : this.svg.parentNode.scrollTop})`);
  }

  /** Bring a lane into sight, where there are more than fit. */
  showLane(lane) {
    const box = this.svg.parentNode, top = this.tops[lane] - TOP, bottom = this.tops[lane + 1] || this.height;
    if (top < box.scrollTop || bottom > box.scrollTop + box.clientHeight) box.scrollTop = top;
  }
}

/** The first row that begins at a time or later. */
function firstAt(rows, time) {
  let low = 0, high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle][0] < time) low = middle + 1; else high = middle;
  }
  return low;
}
