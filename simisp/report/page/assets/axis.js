"use strict";

/** Where a time is on an axis from 0 to 1; idle times may be narrow. The same as idle.py's TimeAxis. */
class Axis {
  constructor(end, idle, narrow) {
    this.end = end || 1;
    this.idle = narrow ? idle : [];
    const busy = Math.max(this.end - this.idle.reduce((sum, [from, to]) => sum + to - from, 0), 0);
    const each = this.idle.length ? Math.min(0.14, 0.45 / this.idle.length) : 0;
    const slope = busy > 1e-9 ? (1 - each * this.idle.length) / busy : 0;
    this.pieces = [];
    let time = 0, place = 0;
    const add = (to, span, isIdle) => {
      if (to > time) this.pieces.push({ from: time, to, place, span, idle: isIdle });
      time = to;
      place += span;
    };
    for (const [from, to] of this.idle) {
      add(from, (from - time) * slope, false);
      add(to, each, true);
    }
    add(Math.max(this.end, time), (this.end - time) * slope, false);
    if (!this.pieces.length) this.pieces.push({ from: 0, to: this.end, place: 0, span: 1, idle: false });
  }

  at(time) {
    const piece = this.pieces[this.find((each) => each.from <= time)];
    return Math.min(Math.max(piece.place + ((time - piece.from) / (piece.to - piece.from)) * piece.span, 0), 1);
  }

  time(place) {
    const piece = this.pieces[this.find((each) => each.place <= place)];
    const share = piece.span ? (place - piece.place) / piece.span : 0;
    return Math.min(Math.max(piece.from + share * (piece.to - piece.from), 0), this.end);
  }

  /** The last piece that a condition holds for, which holds for all before it. */
  find(holds) {
    let low = 0, high = this.pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (holds(this.pieces[middle])) low = middle; else high = middle - 1;
    }
    return low;
  }
}

/** A time in words, with as many decimals as a step needs. */
function timeText(seconds, step = 0.001) {
  const decimals = step >= 1 ? 0 : Math.min(3, Math.ceil(-Math.log10(step) - 1e-9));
  if (seconds < 60) return seconds.toFixed(decimals) + " s";
  const rounded = Number(seconds.toFixed(decimals));
  const whole = Math.floor(rounded), rest = decimals ? (rounded - whole).toFixed(decimals).slice(1) : "";
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600), clock = two(Math.floor(whole / 60) % 60) + ":" + two(whole % 60) + rest;
  return hours >= 24 ? Math.floor(hours / 24) + "d " + two(hours % 24) + ":" + clock : hours + ":" + clock;
}

/** How long something was, in words. */
function lengthText(seconds) {
  if (seconds < 1) return Math.round(seconds * 1000) + " ms";
  if (seconds < 120) return Number(seconds.toFixed(seconds < 10 ? 2 : 1)) + " s";
  if (seconds < 7200) return Number((seconds / 60).toFixed(1)) + " min";
  return Number((seconds / 3600).toFixed(1)) + " h";
}
