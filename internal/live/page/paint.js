// Everything that is drawn on a canvas. This file does not use the connection.

const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
export let ink = {}
export function readColours() {
  for (const n of ["bg", "panel", "ink", "soft", "line", "accent", "plus", "minus"]) ink[n] = css("--" + n)
}

// fit gives a canvas as many pixels as it has on the screen.
export function fit(canvas) {
  const ratio = devicePixelRatio || 1,
    w = Math.max(1, Math.round(canvas.clientWidth * ratio)),
    h = Math.max(1, Math.round(canvas.clientHeight * ratio))
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w
    canvas.height = h
  }
  return canvas.getContext("2d")
}

// Colours whose lightness grows with the value, so that they can be read in grey. They
// must be the colours of .legend in live.css.
const stops = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
]
const shades = Array.from({ length: 64 }, (_, n) => {
  const at = (n / 63) * (stops.length - 1),
    i = Math.min(Math.floor(at), stops.length - 2)
  return "rgb(" + stops[i].map((a, k) => Math.round(a + (at - i) * (stops[i + 1][k] - a))).join() + ")"
})
const level = x => Math.round(Math.min(x, 1) * (shades.length - 1))

export function range(values) {
  let low = Infinity,
    high = -Infinity
  for (const v of values)
    if (v !== null && v !== undefined) {
      if (v < low) low = v
      if (v > high) high = v
    }
  return low <= high ? [low, high] : [0, 1]
}

// picture draws values as pixels: dark is high.
export function picture(canvas, values, width, [low, high] = [-1, 1]) {
  const w = Math.max(1, Math.min(width || Math.ceil(Math.sqrt(values.length)), values.length)),
    h = Math.max(1, Math.ceil(values.length / w))
  canvas.width = w
  canvas.height = h
  const g = canvas.getContext("2d"),
    image = g.createImageData(w, h)
  const dark = document.documentElement.dataset.theme === "dark"
  for (let i = 0; i < w * h; i++) {
    let x = i < values.length && values[i] !== null ? (values[i] - low) / (high - low || 1) : 0
    x = Math.max(0, Math.min(1, x))
    const c = dark ? 24 + 220 * x : 250 - 228 * x
    image.data.set([c, c, c, i < values.length ? 255 : 0], 4 * i)
  }
  g.putImageData(image, 0, 0)
}

// hinton draws weights as squares: filled ones are positive, hollow ones negative, and
// the area is the absolute value.
export function hinton(canvas, values, width) {
  const w = Math.max(1, Math.min(width, values.length)),
    h = Math.ceil(values.length / w),
    cell = Math.max(2, Math.floor(340 / Math.max(w, h)))
  canvas.width = w * cell
  canvas.height = h * cell
  const g = canvas.getContext("2d")
  let most = 0
  for (const v of values) if (v !== null) most = Math.max(most, Math.abs(v))
  values.forEach((v, i) => {
    const x = (i % w) * cell,
      y = Math.floor(i / w) * cell
    if (v === null) {
      g.fillStyle = ink.line
      g.fillRect(x + cell / 2 - 0.5, y + cell / 2 - 0.5, 1, 1)
      return
    }
    const side = most > 0 ? Math.sqrt(Math.abs(v) / most) * (cell - 1) : 0,
      at = (cell - side) / 2
    g.fillStyle = v > 0 ? ink.plus : ink.minus
    g.fillRect(x + at, y + at, side, side)
    if (v < 0 && side > 3) {
      g.fillStyle = ink.panel
      g.fillRect(x + at + 1, y + at + 1, side - 2, side - 2)
    }
  })
  return most
}

// matrix draws weights by source and target.
export function matrix(canvas, m) {
  const g = fit(canvas),
    W = canvas.width / m.cols,
    H = canvas.height / m.rows
  g.clearRect(0, 0, canvas.width, canvas.height)
  let most = 0
  for (const v of m.cells) if (v !== null) most = Math.max(most, Math.abs(v))
  for (let r = 0; r < m.rows; r++)
    for (let c = 0; c < m.cols; c++) {
      const v = m.cells[r * m.cols + c]
      if (v === null || most === 0) continue
      const s = Math.sqrt(Math.abs(v) / most)
      g.fillStyle = v > 0 ? ink.plus : ink.minus
      // Positive fills the height of a cell, negative its width.
      if (v > 0) g.fillRect((c + 0.5 - s / 2) * W, r * H, Math.max(s * W, 0.5), H)
      else g.fillRect(c * W, (r + 0.5 - s / 2) * H, W, Math.max(s * H, 0.5))
    }
  return most
}

// dots draws a mark for each value and the mean, for each point of a sweep.
export function dots(canvas, points, of, name) {
  const g = fit(canvas),
    ratio = devicePixelRatio || 1,
    W = canvas.width,
    H = canvas.height,
    left = 56 * ratio,
    foot = 20 * ratio,
    head = 8 * ratio
  g.clearRect(0, 0, W, H)
  g.font = 11 * ratio + "px system-ui, sans-serif"
  g.fillStyle = ink.soft
  if (!points.length) {
    g.fillText("no run is over yet", left, H / 2)
    return
  }
  let [low, high] = range(points.map(p => p[1]))
  if (!(high > low)) {
    low -= 0.5
    high += 0.5
  }
  const x = p => left + ((p - 0.5) / of) * (W - left - 8 * ratio),
    y = v => head + ((high - v) / (high - low)) * (H - head - foot)
  g.strokeStyle = ink.line
  g.lineWidth = ratio
  g.textAlign = "right"
  for (const v of [low, (low + high) / 2, high]) {
    g.beginPath()
    g.moveTo(left, y(v))
    g.lineTo(W, y(v))
    g.stroke()
    g.fillText((+v).toPrecision(3), left - 6 * ratio, y(v) + 4 * ratio)
  }
  g.textAlign = "center"
  const wide = Math.max(1, ...[1, of].map(p => g.measureText(name(p)).width)) + 14 * ratio,
    every = Math.max(1, Math.ceil((of * wide) / (W - left)))
  for (let p = 1; p <= of; p += every) g.fillText(name(p), Math.max(left, Math.min(x(p), W - wide / 2)), H - 5 * ratio)
  const sums = new Map()
  g.strokeStyle = ink.accent
  g.lineWidth = 1.4 * ratio
  for (const [p, v] of points) {
    const s = sums.get(p) || [0, 0]
    sums.set(p, [s[0] + v, s[1] + 1])
    g.beginPath()
    g.arc(x(p), y(v), 3 * ratio, 0, 7)
    g.stroke()
  }
  g.fillStyle = ink.ink
  for (const [p, [s, n]] of sums) if (n > 1) g.fillRect(x(p) - 7 * ratio, y(s / n) - ratio, 14 * ratio, 2 * ratio)
}

// Raster scrolls spikes: full marks are +1, short ones −1.
export class Raster {
  constructor(canvas) {
    this.canvas = canvas
    this.frames = []
    this.span = 0
    this.perUs = 0
    this.exact = true
    this.fresh = []
    this.fits = false // a window of time fills the canvas; there is no scrolling
  }
  reset(neurons) {
    this.neurons = Math.max(1, neurons)
    this.frames = []
    this.span = 0
    this.dirty = true
    this.fresh = []
    this.clear = true
  }
  add(buffer) {
    const v = new DataView(buffer),
      kind = v.getUint8(0)
    const f = { kind, count: v.getUint32(8, true), t0: v.getFloat64(16, true), t1: v.getFloat64(24, true), v }
    if (!(f.t1 > f.t0)) return
    this.span = this.span ? 0.85 * this.span + 0.15 * (f.t1 - f.t0) : f.t1 - f.t0
    const last = this.frames[this.frames.length - 1]
    if (last && (f.t0 < last.t1 || (this.fits && f.t0 > last.t1))) {
      this.frames = [] // another time is shown
      this.clear = true
    }
    this.frames.push(f)
    if (this.frames.length > 240) this.frames.shift()
    this.fresh.push(f)
    this.exact = kind === 1
    this.dirty = true
  }
  draw() {
    if (!this.dirty || !this.neurons) return
    this.dirty = false
    const w = this.canvas.width,
      h = this.canvas.height,
      g = fit(this.canvas)
    const ratio = devicePixelRatio || 1,
      want = this.span ? (6 * ratio) / this.span : 0
    if (this.fits) this.clear = true
    const anew =
      this.clear ||
      w !== this.canvas.width ||
      h !== this.canvas.height ||
      !this.perUs ||
      want / this.perUs > 2.5 ||
      this.perUs / want > 2.5
    if (anew) {
      const all = this.frames
      this.perUs = this.fits && all.length ? this.canvas.width / (all[all.length - 1].t1 - all[0].t0) : want
      this.clear = false
      g.clearRect(0, 0, this.canvas.width, this.canvas.height)
      let right = this.canvas.width
      for (let i = this.frames.length - 1; i >= 0 && right > 0; i--) right = this.frame(g, this.frames[i], right)
    } else {
      const shift = this.fresh.reduce((a, f) => a + this.width(f), 0)
      if (shift < this.canvas.width) {
        g.globalCompositeOperation = "copy"
        g.drawImage(this.canvas, -shift, 0)
        g.globalCompositeOperation = "source-over"
      } else g.clearRect(0, 0, this.canvas.width, this.canvas.height)
      let right = this.canvas.width
      for (let i = this.fresh.length - 1; i >= 0 && right > 0; i--) right = this.frame(g, this.fresh[i], right)
    }
    this.fresh = []
  }
  width(f) {
    return Math.max(1, Math.round((f.t1 - f.t0) * this.perUs))
  }
  frame(g, f, right) {
    const W = this.width(f),
      left = right - W,
      H = this.canvas.height,
      N = this.neurons,
      ratio = devicePixelRatio || 1,
      v = f.v
    g.clearRect(left, 0, W, H)
    if (f.kind === 1) {
      const size = Math.max(ratio, Math.min(4 * ratio, (H / N) * 0.85)),
        wide = Math.max(1, Math.round(ratio * 1.2))
      for (const sign of [1, 0]) {
        g.fillStyle = sign ? ink.plus : ink.minus
        for (let i = 0, at = 32; i < f.count; i++, at += 8) {
          const id = v.getUint32(at + 4, true)
          if ((id & 1) !== sign) continue
          const x = left + v.getUint32(at, true) * this.perUs,
            y = (((id >>> 1) + 0.5) * H) / N
          if (sign) g.fillRect(x, y - size / 2, wide, size)
          else g.fillRect(x, y - size / 6, wide, Math.max(1, size / 3))
        }
      }
      return left
    }
    const rows = v.getUint32(32, true),
      cols = v.getUint32(36, true)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < cols; c++) {
        const n = v.getUint8(40 + 2 * (r * cols + c)),
          plus = v.getUint8(41 + 2 * (r * cols + c))
        if (!n) continue
        g.globalAlpha = 0.15 + (0.85 * n) / 255
        g.fillStyle = plus >= 128 ? ink.plus : ink.minus
        const high = Math.max(H / rows - 0.4, 0.6),
          part = plus >= 128 ? 1 : 0.4
        g.fillRect(left + (c * W) / cols, (r * H) / rows + (high * (1 - part)) / 2, Math.max(W / cols, 1), high * part)
      }
    g.globalAlpha = 1
    return left
  }
}

// Atlas is the map of the network.
export class Atlas {
  constructor(canvas) {
    this.canvas = canvas
    this.showEdges = true
  }
  reset(place, sample) {
    this.place = place
    this.sample = sample
    this.index = new Map(sample.map((id, i) => [id, i]))
    this.back = null
    this.dirty = true
    this.values = null
  }
  at(i) {
    const pad = 14 * (devicePixelRatio || 1),
      w = this.canvas.width - 2 * pad,
      h = this.canvas.height - 2 * pad
    return [pad + this.place.x[i] * w, pad + this.place.y[i] * h]
  }
  draw(picked, chosen) {
    if (!this.dirty || !this.place) return
    this.dirty = false
    const g = fit(this.canvas),
      n = this.sample.length,
      ratio = devicePixelRatio || 1
    g.clearRect(0, 0, this.canvas.width, this.canvas.height)
    if (this.showEdges) g.drawImage(this.edges(), 0, 0)
    const size = Math.max(
      2 * ratio,
      Math.min(11 * ratio, 0.36 * Math.sqrt((this.canvas.width * this.canvas.height) / Math.max(n, 1))),
    )
    const [low, high] = this.values ? range(this.values) : [0, 1],
      discs = this.discs(size),
      wide = discs.height
    for (let i = 0; i < n; i++) {
      const [x, y] = this.at(i),
        v = this.values ? this.values[i] : null
      const k = v === null || v === undefined ? 0 : 1 + level(high > low ? (v - low) / (high - low) : 0.5)
      g.drawImage(discs, k * wide, 0, wide, wide, x - wide / 2, y - wide / 2, wide, wide)
    }
    g.setLineDash([3 * ratio, 3 * ratio])
    for (const id of chosen) {
      const i = this.index.get(id)
      if (i !== undefined) this.ring(g, i, size * 1.2, ink.ink, 1.5 * ratio)
    }
    g.setLineDash([])
    const p = this.index.get(picked)
    if (p !== undefined) this.ring(g, p, size * 1.35, ink.accent, 2.5 * ratio)
    return [low, high]
  }
  ring(g, i, radius, colour, width) {
    g.beginPath()
    g.arc(...this.at(i), radius, 0, 7)
    g.strokeStyle = colour
    g.lineWidth = width
    g.stroke()
  }
  // discs are all images of a neuron, side by side: first the one for an unknown
  // value, then the levels of colour and size. They are drawn once, because a copy
  // costs far less than a circle.
  discs(size) {
    const key = size + ink.soft
    if (this.sheet && this.sheet.key === key) return this.sheet
    const ratio = devicePixelRatio || 1,
      wide = Math.ceil(2 * size + 2 * ratio),
      b = (this.sheet = document.createElement("canvas"))
    b.key = key
    b.width = wide * (shades.length + 1)
    b.height = wide
    const g = b.getContext("2d")
    g.strokeStyle = ink.soft
    for (let k = 0; k <= shades.length; k++) {
      g.beginPath()
      g.arc((k + 0.5) * wide, wide / 2, k ? size * (0.35 + (0.65 * (k - 1)) / (shades.length - 1)) : size * 0.3, 0, 7)
      if (k) {
        g.fillStyle = shades[k - 1]
        g.fill()
      }
      g.lineWidth = ratio * (k ? 0.7 : 1)
      g.stroke()
    }
    return b
  }
  // edges are drawn once.
  edges() {
    if (
      this.back &&
      this.back.width === this.canvas.width &&
      this.back.height === this.canvas.height &&
      this.back.colour === ink.ink
    )
      return this.back
    const b = (this.back = document.createElement("canvas"))
    b.width = this.canvas.width
    b.height = this.canvas.height
    b.colour = ink.ink
    const g = b.getContext("2d")
    g.strokeStyle = ink.soft
    g.globalAlpha = Math.max(0.04, Math.min(0.4, 60 / Math.max(1, (this.place.edges || []).length)))
    g.lineWidth = devicePixelRatio || 1
    g.beginPath()
    for (const [a, z] of this.place.edges || []) {
      g.moveTo(...this.at(a))
      g.lineTo(...this.at(z))
    }
    g.stroke()
    return b
  }
  near(clientX, clientY) {
    if (!this.place) return -1
    const box = this.canvas.getBoundingClientRect(),
      x = ((clientX - box.left) * this.canvas.width) / box.width,
      y = ((clientY - box.top) * this.canvas.height) / box.height
    let best = -1,
      least = (40 * (devicePixelRatio || 1)) ** 2
    for (let i = 0; i < this.sample.length; i++) {
      const [a, b] = this.at(i),
        d = (a - x) ** 2 + (b - y) ** 2
      if (d < least) {
        least = d
        best = i
      }
    }
    return best
  }
  // beside returns the nearest neuron in a direction.
  beside(picked, dx, dy) {
    const from = this.index.get(picked)
    if (from === undefined) return 0
    const [x, y] = this.at(from)
    let best = -1,
      least = Infinity
    for (let i = 0; i < this.sample.length; i++) {
      const [a, b] = this.at(i),
        along = (a - x) * dx + (b - y) * dy,
        across = Math.abs((a - x) * dy) + Math.abs((b - y) * dx)
      if (along > 1 && along + 3 * across < least) {
        least = along + 3 * across
        best = i
      }
    }
    return best
  }
}

// looks returns the styles of courses: the colour stands for the quantity, which is the
// last part of the name, and the dashes for the rest of the name.
function looks(names, colours) {
  const parts = names.map(n => n.match(/^(.*?)(?:[.:] ?)?([^.:]*)$/)),
    kinds = [...new Set(parts.map(p => p[2].trim()))],
    owners = [...new Set(parts.map(p => p[1]))]
  return parts.map(p => {
    const k = kinds.indexOf(p[2].trim())
    return [colours[k % colours.length], (owners.indexOf(p[1]) + Math.floor(k / colours.length)) % dashes.length]
  })
}
const dashes = [[], [7, 3], [2, 2], [9, 3, 2, 3], [12, 3], [1, 3], [6, 2, 1, 2, 1, 2]]

// stands reports whether simulated time does not advance between values, as in learning
// from whole batches. They are then drawn one after another.
function stands(series) {
  const t = series[0].t[0]
  return series.some(s => s.t.length > 1) && series.every(s => s.t[0] === t && s.t.at(-1) === t)
}

// Chart is one plot of courses over time.
export class Chart {
  constructor(box, height = 170) {
    this.box = box
    this.height = height
    this.names = ""
  }
  set(series) {
    series = series.filter(s => s.t.length)
    if (!series.length || !this.box.clientWidth) return
    const still = stands(series)
    if (still) series = series.map(s => ({ ...s, t: s.t.map((_, i) => i + 1) }))
    const names = series.map(s => s.name).join("\n") + ink.ink + still
    const data = series.length === 1 ? [series[0].t, series[0].v] : uPlot.join(series.map(s => [s.t, s.v]))
    if (names !== this.names || !this.plot) {
      this.names = names
      if (this.plot) this.plot.destroy()
      const dark = document.documentElement.dataset.theme === "dark"
      const colours = dark
        ? ["#8ab4ff", "#ffb070", "#7fe0b0", "#ff9ad5", "#e6d36a", "#c4a7ff", "#9fe8ff", "#d0d6dd"]
        : ["#1d4ed8", "#c2410c", "#0f766e", "#a21caf", "#7a5b00", "#5b21b6", "#0369a1", "#404b57"]
      const look = looks(
        series.map(s => s.name),
        colours,
      )
      const axis = { stroke: ink.soft, grid: { stroke: ink.line, width: 1 }, ticks: { stroke: ink.line, width: 1 } }
      this.plot = new uPlot(
        {
          width: this.box.clientWidth,
          height: this.height,
          scales: { x: { time: false } },
          axes: [
            { ...axis, size: 30, values: (u, ticks) => ticks.map(t => +t.toPrecision(6) + (still ? "" : " s")) },
            { ...axis, size: 52 },
          ],
          cursor: { drag: { x: true, y: false } },
          legend: { markers: { width: 2, dash: (u, i) => ["solid", "dashed", "dotted"][i ? Math.min(look[i - 1][1], 2) : 0] } },
          series: [
            still
              ? { label: "value no.", value: (u, v) => (v === null ? "–" : String(v)) }
              : { label: "time", value: (u, v) => (v === null ? "–" : v.toPrecision(6) + " s") },
            ...series.map((s, i) => ({
              label: s.name,
              stroke: look[i][0],
              dash: dashes[look[i][1]],
              width: 1.6,
              spanGaps: true,
              points: { show: s.t.length < 3 },
              value: (u, v) => (v === null || v === undefined ? "–" : v.toPrecision(4)),
            })),
          ],
        },
        data,
        this.box,
      )
      return
    }
    this.plot.setData(data)
  }
  resize() {
    if (this.plot && this.box.clientWidth) this.plot.setSize({ width: this.box.clientWidth, height: this.height })
  }
}
