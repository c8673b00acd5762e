// The page: the state of the run, and the actions of the user.
import * as paint from "./paint.js"
import { Raster, Atlas, Chart, ink } from "./paint.js"

const $ = id => document.getElementById(id)
const el = (name, text, attrs = {}) => {
  const e = document.createElement(name)
  if (text !== undefined) e.textContent = text
  for (const k in attrs) e.setAttribute(k, attrs[k])
  return e
}
const format = v => (v === null || v === undefined ? "–" : Number.isInteger(v) ? String(v) : (+v).toPrecision(4))
const count = (n, thing) => n.toLocaleString("en") + " " + thing + (n === 1 ? "" : "s")
const seconds = t => (t < 1e-3 ? (t * 1e6).toFixed(0) + " µs" : t < 1 ? (t * 1e3).toFixed(2) + " ms" : t.toFixed(3) + " s")

const run = {
  scene: null,
  status: {},
  options: {},
  values: null,
  outputs: null,
  thetas: null,
  shown: null,
  picked: -1,
  chosen: new Set(),
  quantity: "output",
  measures: [],
  rates: [],
  atoms: [],
  t: 0,
}
window.infomorph = run // for the console, and for tests
const raster = new Raster($("raster")),
  atlas = new Atlas($("map"))
const charts = {
  atoms: new Chart($("atoms"), 190),
  measures: new Chart($("measures"), 150),
  rates: new Chart($("rates"), 120),
  history: new Chart($("history"), 150),
}

// --- the connection -------------------------------------------------------
let socket,
  wait = 250,
  number = 0,
  replies = new Map(),
  visible = new Set()
function connect() {
  socket = new WebSocket((location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/live")
  socket.binaryType = "arraybuffer"
  socket.onopen = () => {
    wait = 250
    run.connected = true
    watch()
    if (run.options.run) raw({ do: "look", n: run.options.run, id: ++number })
    if (run.picked >= 0) raw({ do: "pick", neuron: run.picked })
    lamp()
  }
  socket.onclose = () => {
    run.connected = false
    for (const f of replies.values()) f({ ok: false, error: "the connection was lost" })
    replies.clear()
    lamp()
    setTimeout(connect, wait)
    wait = Math.min(2 * wait, 4000)
  }
  socket.onmessage = e => {
    if (typeof e.data !== "string") {
      raster.add(e.data)
      paintSoon()
      return
    }
    const m = JSON.parse(e.data)
    if (m.kind === "reply") {
      const f = replies.get(m.reply.id)
      replies.delete(m.reply.id)
      if (f) f(m.reply)
    }
    if (m.kind === "news") {
      raw({ do: "ack", seq: m.news.seq })
      news(m.news)
    }
  }
}
const raw = c => {
  if (socket.readyState === 1) socket.send(JSON.stringify(c))
}
export function ask(command) {
  return new Promise(done => {
    if (!socket || socket.readyState !== 1) {
      done({ ok: false, error: "there is no connection" })
      return
    }
    command.id = ++number
    replies.set(command.id, done)
    raw(command)
  })
}
async function act(command, what) {
  const r = await ask(command)
  $("notice").hidden = r.ok
  if (!r.ok) $("notice").textContent = (what || command.do) + ": " + r.error
  return r
}
run.act = act
const touch = event => act({ do: "touch", event }, "touch")
// Requests only the panels that are visible, because the others would cost time for nothing.
function watch() {
  raw({ do: "watch", panels: document.hidden ? [] : [...visible] })
}
const eyes = new IntersectionObserver(
  list => {
    for (const e of list) e.isIntersecting ? visible.add(e.target.dataset.panel) : visible.delete(e.target.dataset.panel)
    if (socket) watch()
    later()
  },
  { rootMargin: "80px" },
)
document.querySelectorAll("section[data-panel]").forEach(s => eyes.observe(s))
document.addEventListener("visibilitychange", watch)

// --- messages from the server ---------------------------------------------
function news(n) {
  if (n.options) options(n.options)
  if (n.fleet) fleet.news(n.fleet)
  if (n.scene) scene(n.scene, n.place)
  run.status = n.status || run.status
  run.t = n.t
  run.missing = n.missing
  if (n.phase) {
    run.phase = n.phase
    phase()
  }
  if (n.expect || n.results) {
    run.expect = n.expect || run.expect
    run.results = n.results || run.results
    found()
  }
  if (n.touches) touches(n.touches)
  if (n.log) log(n.log)
  if (n.shown) {
    run.shown = n.shown
    shown()
  }
  if (n.outputs) {
    run.outputs = n.outputs
    run.thetas = n.thetas
    outputs()
  }
  if (n.values) {
    run.values = n.values
    quantities(n.quantities)
  }
  if (n.neuron) neuron(n.neuron)
  if (n.matrix) {
    run.matrix = n.matrix
    run.newMatrix = true
  }
  if (n.history) {
    const h = n.history
    run.history = [
      { name: "θ", t: h.t, v: h.theta },
      ...["r", "c", "l"].map((p, i) => ({ name: p, t: h.t, v: h.sum[i] })),
    ].filter(s => s.name !== "l" || s.v.some(x => x))
    run.newCourses = true
  }
  for (const k of ["atoms", "measures", "rates"])
    if (n[k]) {
      run[k] = n[k]
      run.newCourses = true
    }
  if (n.measures) found()
  if (n.view) {
    $("seek").max = n.view.steps
    $("seekText").textContent = seconds(n.view.t)
    if (document.activeElement !== $("seek")) $("seek").value = n.view.step
  }
  lamp()
  paintSoon()
}
function lamp() {
  const s = run.status,
    l = $("lamp")
  const [name, text] = !run.connected
    ? ["lost", "no connection, trying again"]
    : run.options.mode === "view"
      ? ["over", "finished run"]
      : s.over
        ? ["over", "over"]
        : s.within
          ? ["paused", "paused within a presentation"]
          : s.paused && s.stands
            ? ["paused", "paused"]
            : s.paused
              ? ["running", "pausing"]
              : ["running", s.speed ? "slow motion" : "running"]
  l.className = "lamp " + name
  l.textContent = text + (s.queued ? ", " + s.queued + " waiting" : "")
  $("go").textContent = s.paused ? "Go on" : "Pause"
  $("go").classList.toggle("on", !!s.paused)
  $("time").textContent = seconds(run.t || 0)
  for (const id of ["go", "step", "epoch", "stop", "speed"]) $(id).disabled = !run.connected || s.over || run.options.readOnly
  $("checkpoint").disabled = !run.connected || s.over || !run.options.checkpoint || run.options.readOnly
  $("undo").disabled = !run.connected || s.over || !run.options.undo || run.options.readOnly
  if (document.activeElement !== $("speed") && s.speed !== undefined) {
    $("speed").value = s.speed ? Math.round(20 + 4 * Math.log10(s.speed)) : 25
    speedText()
  }
}
// Sets up the page for the mode of the session: a run, a finished run, a sweep, or a run of a sweep.
function options(o) {
  run.options = o
  raster.fits = o.mode === "view"
  document.title = o.name + " · Infomorph"
  $("name").textContent = o.name
  document.body.className = "mode-" + o.mode + (o.readOnly ? " read-only" : "") + (o.mode === "sweep" && !o.run ? " no-run" : "")
  $("log").replaceChildren()
  run.scene = run.shown = run.values = run.matrix = run.history = null
  run.measures = []
  run.rates = []
  run.atoms = []
  if (o.mode === "sweep") fleet.paint()
}
function scene(s, place) {
  run.scene = s
  const title = run.options.run ? s.scenario + ", run " + run.options.run : s.scenario
  document.title = title + " · Infomorph"
  $("name").textContent = title
  $("name").title = s.description
  raster.reset(s.neurons)
  atlas.reset(place, s.sample)
  $("mapNote").textContent =
    `${count(s.neurons, "neuron")}, ${count(s.synapses, "synapse")}, ${place.how}` +
    (s.study ? "; the trainings of the study run one after another, and the page shows their progress and results" : "") +
    (s.sample.length < s.neurons ? `; a sample of ${count(s.sample.length, "neuron")} is shown` : "") +
    (place.edges && place.edges.length < place.of
      ? `; ${place.edges.length.toLocaleString("en")} of ${place.of.toLocaleString("en")} synapses between them`
      : "")
  $("item").replaceChildren(
    ...(s.items || []).map((it, i) =>
      el("option", (it.name || "#" + it.index) + (it.name ? " (#" + it.index + ")" : "") + " · " + it.data, { value: i }),
    ),
  )
  $("drawInput").replaceChildren(
    ...(s.inputs || []).filter(g => g.size <= 10000).map(g => el("option", g.name, { value: g.name })),
  )
  for (const id of ["present", "recall", "take"]) $(id).disabled = !(s.items || []).length
  $("recall").disabled = $("ask").disabled = !(s.recalls || []).length
  $("goal").replaceChildren(
    ...["unq_r", "unq_c", "red", "syn", "h_res"].map(a => {
      const l = el("label", a + " ", { class: "goalAtom" })
      l.append(el("input", undefined, { type: "number", step: "any", value: 0, "data-atom": a }))
      return l
    }),
  )
  $("p-touch").hidden = s.study || s.free
  document.body.classList.toggle("study", s.study)
  pad.reset()
  quantities([])
  pick(run.picked >= 0 && run.picked < s.neurons ? run.picked : 0)
}
function phase() {
  const p = run.phase
  $("phase").textContent = p.name || "–"
  $("batchNote").hidden = !p.batch
  $("progress").value = p.total ? p.done / p.total : 0
  $("done").textContent = p.total ? `${p.done} of ${p.total}` : p.done || ""
}
function found() {
  const latest = new Map(run.measures.map(m => [m.name, m.v[m.v.length - 1]]))
  $("expect").tBodies[0].replaceChildren(
    ...(run.expect || []).map(x => {
      const v = x.live ? latest.get(x.of) : (run.results || {})[x.of],
        row = el("tr"),
        ok =
          v === undefined ? "open" : (x.min === null || v >= x.min) && (x.max === null || v <= x.max) ? "✓ within" : "✗ outside"
      row.append(
        el("td", `${x.of} ${x.what}`),
        el("td", (x.min === null ? "" : "≥ " + x.min) + (x.max === null ? "" : " ≤ " + x.max)),
        el("td", format(v), { class: "num" }),
        el("td", ok),
      )
      return row
    }),
  )
  $("results").tBodies[0].replaceChildren(
    ...Object.entries(run.results || {})
      .slice(0, 60)
      .map(([k, v]) => {
        const row = el("tr")
        row.append(el("td", k), el("td", format(v), { class: "num" }))
        return row
      }),
  )
}
// Describes an event, without keys that have their neutral value.
const atRest = v => v === 0 || v === "0us" || v === "" || v === false
const brief = event =>
  Object.entries(event)
    .filter(([k, v]) => k !== "at" && !(["after", "until"].includes(k) && v === "0us") && !(k === "neurons" && v === "all"))
    .map(([k, v]) => k + " " + said(v))
    .join(", ")
function said(v) {
  if (Array.isArray(v)) return v.length > 20 ? `(${v.length} values)` : "[" + v.map(said).join(" ") + "]"
  if (v === null || typeof v !== "object") return String(v)
  const parts = Object.entries(v).map(([k, x]) => [k + " " + said(x), atRest(x)])
  return "(" + (parts.some(p => !p[1]) ? parts.filter(p => !p[1]) : parts).map(p => p[0]).join(", ") + ")"
}
function touches(list) {
  $("touches").replaceChildren(
    ...list
      .map(x => {
        const li = el("li")
        li.append(el("time", seconds(x.at_us / 1e6)), brief(x.event))
        return li
      })
      .reverse(),
  )
}
function log(list) {
  for (const x of list) {
    const li = el("li")
    li.append(el("time", seconds(x.t)), x.text)
    $("log").prepend(li)
  }
  while ($("log").children.length > 200) $("log").lastChild.remove()
}
function boxes(host, groups, fill) {
  if (host.children.length !== groups.length || groups.some((g, i) => host.children[i].dataset.name !== g.name)) {
    host.replaceChildren(
      ...groups.map(g => {
        const f = el("figure", undefined, { "data-name": g.name })
        f.append(el("canvas"), el("figcaption", g.caption || g.name))
        return f
      }),
    )
  }
  groups.forEach((g, i) => fill(host.children[i], g))
}
function shown() {
  const s = run.shown,
    how = { presented: "presented", drawn: "drawn by hand", cue: "as a cue", train: "spike train" }[s.how] || s.how
  $("shownName").textContent = [
    s.name || (s.item >= 0 ? "#" + s.item : ""),
    s.label && s.label !== s.name ? "label " + s.label : "",
    how,
  ]
    .filter(x => x)
    .join(", ")
  const list = run.scene.inputs.filter(g => s.values && s.values[g.name])
  boxes($("inputs"), list, (figure, g) => {
    const v = s.values[g.name],
      [low, high] = paint.range(v)
    paint.picture(figure.firstChild, v, g.width, low < 0 ? [-1, 1] : [0, Math.max(high, 1e-9)])
  })
}
function outputs() {
  let at = 0
  const list = run.scene.populations
    .map(g => {
      const ids = []
      while (at < run.scene.sample.length && run.scene.sample[at] < g.first + g.size) ids.push(at++)
      return { ...g, ids, caption: "answers of " + g.name }
    })
    .filter(g => g.ids.some(i => run.outputs[i])) // otherwise none has had an output yet
  boxes($("outputs"), list, (figure, g) => {
    const v = g.ids.map(i => run.outputs[i])
    paint.picture(figure.firstChild, v, g.ids.length === g.size ? g.width : 0)
    figure.onclick = e => {
      const c = figure.firstChild,
        b = c.getBoundingClientRect(),
        k =
          Math.floor(((e.clientY - b.top) / b.height) * c.height) * c.width +
          Math.floor(((e.clientX - b.left) / b.width) * c.width)
      if (g.ids[k] !== undefined) pick(run.scene.sample[g.ids[k]])
    }
  })
  if (run.quantity === "output" || run.quantity === "θ") {
    atlas.values = run.quantity === "θ" ? run.thetas : run.outputs
    atlas.dirty = true
  }
}
function quantities(names) {
  const all = ["output", "θ", ...names],
    s = $("quantity")
  if ([...s.options].map(o => o.value).join() !== all.join()) {
    s.replaceChildren(...all.map(n => el("option", n)))
    s.value = all.includes(run.quantity) ? run.quantity : "output"
  }
  colour()
}
function colour() {
  run.quantity = $("quantity").value || "output"
  atlas.values =
    run.quantity === "output" ? run.outputs : run.quantity === "θ" ? run.thetas : run.values && run.values[run.quantity]
  atlas.dirty = true
  paintSoon()
}
function neuron(p) {
  run.neuron = p
  if (p.id !== run.picked) return
  $("neuronName").textContent =
    `${p.label !== String(p.id) ? p.label + ", " : ""}${p.population} ${p.index}${p.removed ? ", removed" : ""}`
  const facts = [
    ["goal", format(p.goal) + " bit"],
    ["output", format(p.output)],
    ["in, out", p.in + ", " + p.out],
    ["updates", p.updates],
    ["gate", p.open ? "open" : "closed"],
    ["θ", format(p.theta)],
    ...(p.atoms || []).map(a => [a.name, format(a.value) + " bit"]),
  ]
  $("facts").replaceChildren(...facts.flatMap(([k, v]) => [el("dt", k), el("dd", v)]))
  boxes(
    $("fields"),
    (p.fields || []).map(f => ({ ...f, name: f.port + " from " + f.from })),
    (figure, f) => {
      const most = paint.hinton(figure.firstChild, f.values, f.width)
      figure.lastChild.textContent =
        `${f.name}, |w| up to ${format(most)}` +
        (f.sources ? `; its ${f.values.length} sources of ${f.of.toLocaleString("en")}, in their order` : "")
      figure.onclick = e => {
        const c = figure.firstChild,
          b = c.getBoundingClientRect(),
          cell = c.width / Math.min(f.width, f.values.length),
          k =
            Math.floor((((e.clientY - b.top) / b.height) * c.height) / cell) * Math.min(f.width, f.values.length) +
            Math.floor((((e.clientX - b.left) / b.width) * c.width) / cell)
        pick(f.sources ? f.sources[k] : f.first + k)
      }
    },
  )
}
export function pick(id) {
  if (!run.scene || !(id >= 0 && id < run.scene.neurons)) return
  run.picked = id
  $("pick").value = id
  run.history = null
  raw({ do: "pick", neuron: id, id: ++number })
  atlas.dirty = true
  paintSoon()
}
run.pick = pick
function choose(id) {
  run.chosen.has(id) ? run.chosen.delete(id) : run.chosen.add(id)
  $("who").value =
    [...run.chosen]
      .sort((a, b) => a - b)
      .map(i => "#" + i)
      .join(",") || "all"
  atlas.dirty = true
  paintSoon()
}

// --- the runs of a sweep --------------------------------------------------
const fleet = {
  rows: new Map(),
  axes: [],
  scores: [],
  last: 0,
  news(n) {
    Object.assign(fleet, { axes: n.axes || [], scores: n.scores || [], total: n.total, done: n.done, failed: n.failed, of: n.of })
    for (const r of n.runs) fleet.rows.set(r.index, r)
    const s = $("fleetScore"),
      had = s.value
    if ([...s.options].map(o => o.value).join() !== fleet.scores.join()) {
      s.replaceChildren(...fleet.scores.map(x => el("option", x)))
      if (fleet.scores.includes(had)) s.value = had
    }
    fleet.paint()
  },
  paint() {
    const going = [...fleet.rows.values()].filter(r => r.status === "running").length,
      over = (fleet.done || 0) + (fleet.failed || 0),
      want = $("fleetShow").value
    $("fleetNote").textContent =
      `${over} of ${fleet.total} over` +
      (fleet.failed ? `, ${fleet.failed} of them failed` : "") +
      (going ? `, ${going} going on` : "") +
      (fleet.of < fleet.total ? `; the first ${fleet.of} are listed` : "")
    if (!run.options.run) {
      $("phase").textContent = "sweep"
      $("progress").value = fleet.total ? over / fleet.total : 0
      $("done").textContent = `${over} of ${fleet.total} runs`
    }
    const score = $("fleetScore").value,
      shown = [score, ...fleet.scores.filter(x => x !== score)].filter(x => x).slice(0, 4)
    const head = el("tr")
    head.append(
      el("th", "run"),
      ...fleet.axes.map(a => el("th", a)),
      el("th", "replicate"),
      el("th", "seed"),
      el("th", "status"),
      ...shown.map(x => el("th", x, { class: "num" })),
    )
    $("fleet").tHead.replaceChildren(head)
    const focused = document.activeElement && document.activeElement.dataset.run
    $("fleet").tBodies[0].replaceChildren(
      ...[...fleet.rows.values()]
        .sort((a, b) => a.index - b.index)
        .filter(r => !want || r.status === want)
        .map(r => {
          const row = el("tr", undefined, {
              class: r.status + (run.options.run === r.index ? " looked" : ""),
              "data-run": r.index,
            }),
            how = el("td", r.status + " "),
            p = r.phase
          if (r.status === "running") {
            row.tabIndex = 0
            if (p && p.total)
              how.append(
                el("progress", undefined, { max: p.total, value: p.done, "aria-label": "progress" }),
                ` ${p.name} ${p.done} of ${p.total}`,
              )
            row.onclick = () => fleet.look(r.index)
            row.onkeydown = e => {
              if (e.key === "Enter") fleet.look(r.index)
            }
          }
          row.append(
            el("td", (run.options.run === r.index ? "▸ " : "") + r.index),
            ...(r.values || []).map(v => el("td", v)),
            el("td", r.replicate),
            el("td", r.seed),
            how,
            ...(r.reason
              ? [el("td", r.reason, { class: "reason", colspan: Math.max(1, shown.length) })]
              : shown.map(x => el("td", r.scores && x in r.scores ? format(r.scores[x]) : "", { class: "num" }))),
          )
          return row
        }),
    )
    if (focused) {
      const row = $("fleet").querySelector(`[data-run="${focused}"]`)
      if (row) row.focus()
    }
    const points = [...fleet.rows.values()].filter(r => r.scores && r.scores[score] !== undefined && r.scores[score] !== null)
    paint.dots(
      $("fleetPlot"),
      points.map(r => [r.point, r.scores[score]]),
      Math.max(...[...fleet.rows.values()].map(r => r.point), 1),
      p => {
        const r = [...fleet.rows.values()].find(r => r.point === p)
        return r && r.values ? r.values.join(", ") : ""
      },
    )
  },
  look: index => act({ do: "look", n: index }, "look"),
  // Watches the next or previous running run.
  beside(by) {
    const all = [...fleet.rows.values()]
        .filter(r => r.status === "running")
        .map(r => r.index)
        .sort((a, b) => a - b),
      now = run.options.run || 0
    const next = by > 0 ? (all.find(i => i > now) ?? all[0]) : (all.reverse().find(i => i < now) ?? all[0])
    if (next) fleet.look(next)
  },
}
run.fleet = fleet
$("fleetScore").onchange = $("fleetShow").onchange = () => fleet.paint()

// --- painting: once per frame of the screen, and only what has changed ----
let soon = false,
  charted = 0 // when the charts were last drawn: they change slowly, and take most time
function paintSoon() {
  if (!soon) {
    soon = true
    requestAnimationFrame(paintAll)
  }
}
function later() {
  atlas.dirty = raster.dirty = true
  run.newMatrix = !!run.matrix
  run.newCourses = true
  charted = 0
  paintSoon()
}
function paintAll() {
  soon = false
  run.painted = (run.painted || 0) + 1
  if (document.hidden) return
  if (visible.has("raster")) {
    raster.draw()
    $("rasterNote").textContent =
      (!raster.frames.length
        ? run.options.mode === "view"
          ? "none were recorded"
          : "none yet"
        : raster.exact
          ? "every spike; full marks +1, short marks −1"
          : "counted in bins, because there are many; full height mostly +1, low mostly −1") +
      (run.missing ? `; ${run.missing} frames left out` : "")
  }
  if (visible.has("map")) {
    const r = atlas.draw(run.picked, run.chosen)
    if (r) {
      $("low").textContent = format(r[0])
      $("high").textContent = format(r[1])
    }
  }
  if (visible.has("matrix") && run.newMatrix) {
    run.newMatrix = false
    const most = paint.matrix($("matrix"), run.matrix)
    $("matrixNote").textContent =
      `${run.matrix.port}, sources across, targets down, |w| up to ${format(most)}; upright marks positive, flat negative` +
      (run.matrix.each > 1 ? `; every ${run.matrix.each}th target, sources in groups of ${run.matrix.each}` : "")
  }
  if (run.newCourses) paintCharts(performance.now())
}
function paintCharts(now) {
  if (now - charted < 100) {
    setTimeout(paintSoon, 100)
    return
  }
  charted = now
  run.newCourses = false
  if (visible.has("atoms"))
    charts.atoms.set(run.atoms.filter(s => s.name[0] !== "#" || s.name.startsWith("#" + run.picked + ":")).slice(0, 16))
  if (visible.has("measures")) {
    charts.measures.set(run.measures.filter(m => !/^event\.\d/.test(m.name)).slice(0, 8))
    charts.rates.set(run.rates.slice(0, 8))
  }
  if (visible.has("neuron") && run.history) charts.history.set(run.history)
}
// --- drawing a pattern ----------------------------------------------------
const pad = {
  values: [],
  width: 1,
  at: 0,
  reset() {
    const g = run.scene.inputs.find(g => g.name === $("drawInput").value) || run.scene.inputs[0]
    $("drawBox").hidden = !g
    if (!g) return
    this.group = g
    this.width = g.width || Math.ceil(Math.sqrt(g.size))
    this.values = new Array(g.size).fill(-1)
    this.draw()
  },
  draw() {
    paint.picture($("pad"), this.values, this.width)
    if (document.activeElement === $("pad")) {
      const g = $("pad").getContext("2d")
      g.fillStyle = ink.accent
      g.globalAlpha = 0.6
      g.fillRect(this.at % this.width, Math.floor(this.at / this.width), 1, 1)
      g.globalAlpha = 1
    }
  },
  turn(i, to) {
    if (i >= 0 && i < this.values.length) {
      this.values[i] = to === undefined ? (this.values[i] > 0 ? -1 : 1) : to
      this.draw()
    }
    return this.values[i]
  },
  cell(e) {
    const b = $("pad").getBoundingClientRect(),
      x = Math.floor(((e.clientX - b.left) / b.width) * $("pad").width),
      y = Math.floor(((e.clientY - b.top) / b.height) * $("pad").height)
    return x < 0 || x >= this.width ? -1 : y * this.width + x
  },
}
run.pad = pad
$("pad").onpointerdown = e => {
  $("pad").setPointerCapture(e.pointerId)
  pad.pen = pad.turn(pad.cell(e))
  e.preventDefault()
  $("pad").focus()
}
$("pad").onpointermove = e => {
  if (pad.pen !== undefined) pad.turn(pad.cell(e), pad.pen)
}
$("pad").onpointerup = $("pad").onpointercancel = () => {
  pad.pen = undefined
}
$("pad").onfocus = $("pad").onblur = () => pad.draw()
$("pad").onkeydown = e => {
  const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -pad.width, ArrowDown: pad.width }[e.key]
  if (move) {
    pad.at = Math.max(0, Math.min(pad.values.length - 1, pad.at + move))
    pad.draw()
  } else if (e.key === "Enter" || e.key === " ") pad.turn(pad.at)
  else return
  e.preventDefault()
  e.stopPropagation()
}

// --- actions of the user --------------------------------------------------
const item = () => (run.scene.items || [])[$("item").value]
const who = event => {
  const w = $("who").value.trim()
  return w && w !== "all" ? { ...event, neurons: w } : event
}
const speedText = () => {
  const v = +$("speed").value
  $("speedText").textContent = v >= 25 ? "as fast as possible" : seconds(10 ** ((v - 20) / 4)) + " a second"
}
const recallOf = extra => {
  const r = run.scene.recalls[0]
  return { recall: { input: r.input, population: r.population, dynamics: r.dynamics, release: r.release, ...extra } }
}
const doing = {
  go: () => act({ do: run.status.paused ? "go" : "pause" }),
  step: () => act({ do: "step", n: 1, unit: "presentation" }),
  epoch: () => act({ do: "step", n: 1, unit: "epoch" }),
  checkpoint: () => act({ do: "checkpoint" }),
  undo: () => act({ do: "undo" }),
  stop: () => {
    if ($("stop").textContent === "Really stop?") {
      act({ do: "stop" })
      $("stop").textContent = "Stop"
    } else {
      $("stop").textContent = "Really stop?"
      setTimeout(() => {
        $("stop").textContent = "Stop"
      }, 4000)
    }
  },
  present: () => item() && touch({ present: "#" + item().index }),
  recall: () => {
    const d = +$("damage").value
    return (
      item() &&
      touch(recallOf({ data: item().data, item: "#" + item().index, ...(d > 0 ? { cue: "flip", fraction: d + "%" } : {}) }))
    )
  },
  show: () => touch({ show: { input: pad.group.name, values: pad.values } }),
  ask: () => touch(recallOf({ values: pad.values })),
  lesion: () => {
    const w = $("who").value.trim()
    return touch(w && w !== "all" ? { lesion: { by: "named" }, neurons: w } : { lesion: { fraction: "5%" } })
  },
  whoPicked: () => {
    if (run.picked >= 0) choose(run.picked)
  },
  theme: () => {
    theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark")
  },
  help: () => $("keys").showModal(),
  take: async () => {
    if (!item()) return
    const r = await act({ do: "item", data: item().data, item: item().index })
    const v = r.values && r.values[pad.group.name]
    if (v) {
      pad.values = [...v]
      pad.draw()
    }
  },
  clear: () => pad.reset(),
  save: async () => {
    const r = await act({ do: "scenario" })
    if (r.ok) {
      $("yaml").value = r.scenario
      $("text").showModal()
    }
  },
}
for (const id in doing) $(id).onclick = doing[id]
run.doing = doing
document.querySelectorAll("[data-touch]").forEach(b => {
  b.onclick = () => touch(who(JSON.parse(b.dataset.touch)))
})
const form = (id, make) => {
  $(id).onsubmit = e => {
    e.preventDefault()
    let event
    try {
      event = make()
    } catch (x) {
      $("notice").hidden = false
      $("notice").textContent = "not JSON: " + x.message
      return
    }
    touch(event)
  }
}
form("rateForm", () => who({ rate_scale: +$("rate").value }))
form("goalForm", () =>
  who({
    goal: Object.fromEntries(
      [...document.querySelectorAll("[data-atom]")].map(i => [i.dataset.atom, +i.value]).filter(([, v]) => v),
    ),
  }),
)
form("noiseForm", () => ({ noise: { loss: $("loss").value + "%" } }))
form("delayForm", () => ({ delay: Math.round($("delayMs").value * 1000) + "us" }))
form("eventForm", () => JSON.parse($("event").value))
$("speed").oninput = () => {
  speedText()
  const v = +$("speed").value
  act({ do: "speed", speed: v >= 25 ? 0 : 10 ** ((v - 20) / 4) })
}
$("seek").oninput = () => raw({ do: "seek", n: +$("seek").value })
$("quantity").onchange = colour
$("edges").onchange = () => {
  atlas.showEdges = $("edges").checked
  atlas.dirty = true
  paintSoon()
}
$("drawInput").onchange = () => pad.reset()
$("pick").onchange = () => pick(+$("pick").value)
$("map").onclick = e => {
  const i = atlas.near(e.clientX, e.clientY)
  if (i >= 0) e.shiftKey ? choose(run.scene.sample[i]) : pick(run.scene.sample[i])
}
$("map").onkeydown = e => {
  const d = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key]
  if (!d) return
  const i = atlas.beside(run.picked, ...d)
  if (i >= 0) pick(run.scene.sample[i])
  e.preventDefault()
}
$("raster").onclick = e => {
  const b = $("raster").getBoundingClientRect()
  pick(Math.floor(((e.clientY - b.top) / b.height) * run.scene.neurons))
}
$("matrix").onclick = e => {
  if (!run.matrix) return
  const b = $("matrix").getBoundingClientRect()
  pick(Math.floor((Math.floor(((e.clientY - b.top) / b.height) * run.matrix.rows) * run.scene.neurons) / run.matrix.rows))
}

// --- keys -----------------------------------------------------------------
const nudge = by => {
  $("speed").value = +$("speed").value + by
  $("speed").oninput()
}
const panels = [...document.querySelectorAll("main section")]
const keys = {
  " ": ["go on, or pause", doing.go],
  n: ["make one presentation", doing.step],
  e: ["make one epoch", doing.epoch],
  "[": ["slower", () => nudge(-1)],
  "]": ["faster", () => nudge(1)],
  c: ["checkpoint", doing.checkpoint],
  u: ["undo: back to the last checkpoint", doing.undo],
  x: ["stop (press twice)", doing.stop],
  j: ["next neuron", () => pick(run.picked + 1)],
  k: ["previous neuron", () => pick(run.picked - 1)],
  s: ["use the selected neuron for touches, or not", doing.whoPicked],
  m: [
    "next quantity for the colours of the map",
    () => {
      const q = $("quantity")
      q.selectedIndex = (q.selectedIndex + 1) % q.length
      colour()
    },
  ],
  p: ["present the item", doing.present],
  r: ["recall the item, damaged", doing.recall],
  w: ["present the drawing", doing.show],
  a: ["recall from the drawing", doing.ask],
  f: ["freeze learning", () => touch(who({ plastic: false }))],
  g: ["thaw learning", () => touch(who({ plastic: true }))],
  i: ["stimulate the selected neurons", () => touch(who({ stuck: 1 }))],
  o: ["release them", () => touch(who({ stuck: 0 }))],
  l: ["lesion the selected neurons", doing.lesion],
  ">": ["in a sweep: watch the next running run", () => fleet.beside(1)],
  "<": ["in a sweep: watch the previous running run", () => fleet.beside(-1)],
  d: ["dark or light", doing.theme],
  "?": ["this list", doing.help],
}
panels
  .filter(p => p.id !== "p-fleet")
  .slice(0, 9)
  .forEach((p, i) => {
    keys[i + 1] = [
      p.querySelector("h2").firstChild.textContent.trim(),
      () => {
        p.scrollIntoView({ block: "center" })
        ;(p.querySelector("canvas[tabindex], select, input, button") || p).focus()
      },
    ]
  })
document.addEventListener("keydown", e => {
  if (
    e.ctrlKey ||
    e.metaKey ||
    e.altKey ||
    (/^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName) && e.target.type !== "range" && e.target.type !== "checkbox") ||
    document.querySelector("dialog[open]")
  )
    return
  if (e.key === " " && e.target.tagName === "BUTTON") return
  const k = keys[e.key]
  if (k) {
    e.preventDefault()
    k[1]()
  }
})
$("keyTable").replaceChildren(
  ...Object.entries(keys).map(([k, [what]]) => {
    const row = el("tr"),
      td = el("td")
    td.append(el("kbd", k === " " ? "space" : k))
    row.append(td, el("td", what))
    return row
  }),
)

// --- dark and light -------------------------------------------------------
function theme(name, kept = true) {
  document.documentElement.dataset.theme = name
  $("theme").textContent = name === "dark" ? "Light" : "Dark"
  if (kept)
    try {
      localStorage.setItem("theme", name)
    } catch {
      /* private windows do not store it */
    }
  paint.readColours()
  raster.clear = true
  later()
  if (run.options.mode === "sweep") fleet.paint()
  if (run.scene) {
    pad.draw()
    if (run.shown) shown()
    if (run.outputs) outputs()
    if (run.neuron) neuron(run.neuron)
  }
}
let kept = null
try {
  kept = localStorage.getItem("theme")
} catch {
  /* the same */
}
const dark = matchMedia("(prefers-color-scheme: dark)")
theme(kept || (dark.matches ? "dark" : "light"), false)
dark.onchange = () => {
  if (!kept) theme(dark.matches ? "dark" : "light", false)
}
addEventListener("resize", () => {
  if (run.options.mode === "sweep") fleet.paint()
  for (const k in charts) charts[k].resize()
  later()
})
speedText()
connect()
