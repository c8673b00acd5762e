"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("atoms-data").textContent);
  const chart = $("chart"), pick = $("pick"), legend = $("legend"), shown = $("shown");
  const box = { left: 62, right: 945, top: 12, bottom: 355 };
  let width = 960; // of the drawing: that of the page, so that letters are not scaled
  const last = data.times.length - 1;
  const hidden = new Set(data.series.map((_, s) => s).filter((s) => s >= data.atoms && data.series[s] !== "h_res"));
  let from = 0, to = last, at = null, drag = null;

  const color = (s) => `var(--c${s % 8})`;
  const dash = (s) => ["", "7 4", "2 3"][Math.floor(s / 8) % 3];
  const format = (v, digits = 4) => (v === null || v === undefined ? "–" : v.toFixed(digits).replace("-", "−"));
  const curves = () => (pick.value === "mean" ? data.mean : data.each[+pick.value]);

  function add(name, attributes, text) {
    const e = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const k in attributes) e.setAttribute(k, attributes[k]);
    if (text !== undefined) e.textContent = text;
    return chart.appendChild(e);
  }

  // ticks returns about n round numbers between lo and hi.
  function ticks(lo, hi, n) {
    const raw = (hi - lo) / n, power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((m) => m * power).find((v) => v >= raw * 0.999) || raw;
    const out = [];
    for (let k = Math.ceil(lo / step); k * step <= hi + step * 1e-9; k++) out.push(k * step);
    return { values: out, digits: Math.max(0, Math.min(9, -Math.floor(Math.log10(step) + 1e-9))) };
  }

  // scales computes the ranges of what is visible; the range of values always includes zero.
  function scales() {
    let lo = 0, hi = 0;
    curves().forEach((values, s) => {
      if (hidden.has(s)) return;
      for (let k = from; k <= to; k++) if (values[k] !== null) { lo = Math.min(lo, values[k]); hi = Math.max(hi, values[k]); }
    });
    if (hi - lo < 1e-9) hi = lo + 1;
    const pad = (hi - lo) * 0.05;
    if (lo < 0) lo -= pad;
    hi += pad;
    let t0 = data.times[from], t1 = data.times[to];
    if (t1 <= t0) { t0 -= 0.5; t1 += 0.5; }
    return {
      lo, hi, t0, t1,
      x: (t) => box.left + ((t - t0) / (t1 - t0)) * (box.right - box.left),
      y: (v) => box.bottom - ((v - lo) / (hi - lo)) * (box.bottom - box.top),
      t: (x) => t0 + ((x - box.left) / (box.right - box.left)) * (t1 - t0),
    };
  }

  function axes(sc) {
    const v = ticks(sc.lo, sc.hi, 6), t = ticks(sc.t0, sc.t1, Math.max(2, Math.min(8, width / 110)));
    for (const y of v.values) {
      add("line", { x1: box.left, x2: box.right, y1: sc.y(y), y2: sc.y(y), class: Math.abs(y) < 1e-12 ? "zero" : "grid" });
      add("text", { x: box.left - 8, y: sc.y(y) + 4, "text-anchor": "end" }, format(y, v.digits));
    }
    for (const x of t.values) {
      add("line", { x1: sc.x(x), x2: sc.x(x), y1: box.bottom, y2: box.bottom + 5, class: "grid" });
      add("text", { x: sc.x(x), y: box.bottom + 20, "text-anchor": "middle" }, format(x, t.digits));
    }
    add("text", { x: (box.left + box.right) / 2, y: box.bottom + 40, "text-anchor": "middle" }, "simulated time [s]");
    add("text", { transform: `translate(14 ${(box.top + box.bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, "information [bit]");
  }

  function draw() {
    const sc = scales(), all = curves();
    chart.replaceChildren();
    axes(sc);
    all.forEach((values, s) => {
      if (hidden.has(s)) return;
      const points = [];
      for (let k = from; k <= to; k++) if (values[k] !== null) points.push(`${sc.x(data.times[k]).toFixed(1)} ${sc.y(values[k]).toFixed(1)}`);
      if (points.length === 1) points.push(points[0]);
      add("path", { d: points.length ? "M" + points.join("L") : "", class: "curve", stroke: color(s), "stroke-dasharray": dash(s), "stroke-linecap": "round", "data-series": data.series[s] });
      if (at !== null && all[s][at] !== null) add("circle", { cx: sc.x(data.times[at]), cy: sc.y(all[s][at]), r: 4, fill: color(s) });
    });
    if (at !== null) add("line", { x1: sc.x(data.times[at]), x2: sc.x(data.times[at]), y1: box.top, y2: box.bottom, class: "cross" });
    if (drag && Math.abs(drag.x1 - drag.x0) > 4) add("rect", { x: Math.min(drag.x0, drag.x1), width: Math.abs(drag.x1 - drag.x0), y: box.top, height: box.bottom - box.top, class: "zoom" });
    legend.querySelectorAll("output").forEach((o, s) => { o.textContent = at === null ? "" : format(all[s][at]); });
    shown.textContent = at === null ? "" : `at ${format(data.times[at], 3)} s`;
  }

  // nearest returns the index of the visible time closest to t.
  function nearest(t) {
    let best = from;
    for (let k = from; k <= to; k++) if (Math.abs(data.times[k] - t) < Math.abs(data.times[best] - t)) best = k;
    return best;
  }

  // where returns the position of the pointer on the drawing.
  function where(event) {
    const r = chart.getBoundingClientRect();
    return Math.min(box.right, Math.max(box.left, ((event.clientX - r.left) / r.width) * width));
  }

  function zoom() {
    const sc = scales(), a = nearest(sc.t(Math.min(drag.x0, drag.x1))), b = nearest(sc.t(Math.max(drag.x0, drag.x1)));
    if (Math.abs(drag.x1 - drag.x0) > 8 && b > a) { from = a; to = b; }
  }

  function fit() {
    width = Math.max(280, chart.clientWidth || 960);
    box.right = width - 15;
    chart.setAttribute("viewBox", `0 0 ${width} 400`);
    draw();
  }

  function whole() { from = 0; to = last; at = null; draw(); }

  function step(by) {
    pick.selectedIndex = (pick.selectedIndex + by + pick.length) % pick.length;
    draw();
  }

  chart.addEventListener("pointerdown", (e) => { drag = { x0: where(e), x1: where(e) }; chart.setPointerCapture(e.pointerId); });
  chart.addEventListener("pointermove", (e) => { at = nearest(scales().t(where(e))); if (drag) drag.x1 = where(e); draw(); });
  chart.addEventListener("pointerup", () => { if (drag) zoom(); drag = null; draw(); });
  chart.addEventListener("pointercancel", () => { drag = null; draw(); });
  chart.addEventListener("pointerleave", () => { if (!drag) { at = null; draw(); } });
  chart.addEventListener("dblclick", whole);
  chart.addEventListener("keydown", (e) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
    if (!by) return;
    e.preventDefault();
    at = at === null ? from : Math.min(to, Math.max(from, at + by));
    draw();
  });
  pick.addEventListener("change", draw);
  $("prev").addEventListener("click", () => step(-1));
  $("next").addEventListener("click", () => step(1));
  $("reset").addEventListener("click", whole);

  pick.add(new Option(`mean over ${data.all} neurons`, "mean"));
  data.neurons.forEach((id, i) => pick.add(new Option(`neuron ${id}`, String(i))));
  data.series.forEach((name, s) => {
    const b = document.createElement("button"), i = document.createElement("i");
    b.type = "button";
    i.style.borderTopColor = color(s);
    if (dash(s)) i.style.borderTopStyle = dash(s) === "2 3" ? "dotted" : "dashed";
    b.append(i, name, document.createElement("output"));
    b.setAttribute("aria-pressed", String(!hidden.has(s)));
    b.addEventListener("click", () => {
      if (!hidden.delete(s)) hidden.add(s);
      b.setAttribute("aria-pressed", String(!hidden.has(s)));
      draw();
    });
    legend.append(b);
  });
  fit();
  new ResizeObserver(() => { if (chart.clientWidth && chart.clientWidth !== width) fit(); }).observe(chart);
})();
