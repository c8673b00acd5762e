package live

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"infomorph/neuron"
)

// socket serves the connection of one viewer.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	if origin := r.Header.Get("Origin"); origin != s.scheme+"://"+r.Host {
		s.refuse(w, http.StatusForbidden, "comes from a page of another site")
		return
	}
	if !s.enter() {
		http.Error(w, "too many pages are open", http.StatusTooManyRequests)
		return
	}
	defer s.leave()
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{OriginPatterns: []string{r.Host}, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return
	}
	defer func() { _ = c.CloseNow() }()
	c.SetReadLimit(maxMessage)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	v := &viewer{conn: c, replies: make(chan Reply, 64)}
	v.enter(s.session.last())
	defer v.leave()
	go func() {
		defer cancel()
		v.write(ctx)
	}()
	v.read(ctx)
	if ctx.Err() != nil {
		_ = c.Close(websocket.StatusGoingAway, "")
	}
}

func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.guests >= maxGuests {
		return false
	}
	s.guests++
	return true
}

func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.guests--
}

// viewer is one page that is open.
type viewer struct {
	conn    *websocket.Conn
	replies chan Reply
	neuron  atomic.Int64 // the selected one; −1: none

	mu      sync.Mutex
	session *Session // the session that is shown
	panels  []string
	eager   bool   // it has open panels, and is not behind
	sent    uint32 // number of the last message with content
	acked   uint32

	seen seen
}

// seen says what has been sent to the viewer already.
type seen struct {
	session *Session // whose frames of spikes
	greeted *Session // whose description was sent
	scene   *scene
	fleet   int64
	fleetAt time.Time
	spikes  uint32
	version int64
	log     int
	touches int
	looks   int
	shown   int
	courses time.Time
	output  time.Time
	missing int // frames of spikes that were dropped
}

// maxUnacked is the largest number of unacknowledged messages: a slow page gets
// fewer messages, not older ones.
const maxUnacked = 2

// enter makes the viewer watch a session.
func (v *viewer) enter(s *Session) {
	v.mu.Lock()
	v.session = s
	v.mu.Unlock()
	v.neuron.Store(-1)
	s.watchers.Add(1)
	s.unseen()
}

func (v *viewer) leave() {
	v.want(nil)
	v.care()
	s := v.looksAt()
	_ = s.pick(int(v.neuron.Load()), -1) // a viewer that leaves needs no error
	s.watchers.Add(-1)
}

// looksAt returns the session that the viewer watches.
func (v *viewer) looksAt() *Session {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.session
}

// look makes the viewer of a sweep watch one of its runs.
func (v *viewer) look(index int) error {
	f := v.looksAt().fleet
	if f == nil {
		return errors.New("look: this is one run, not a sweep")
	}
	s, err := f.session(index)
	if err != nil {
		return err
	}
	v.move(s)
	return nil
}

// move makes the viewer watch another session, with the same panels.
func (v *viewer) move(to *Session) {
	v.mu.Lock()
	panels := v.panels
	v.mu.Unlock()
	v.leave()
	v.enter(to)
	v.want(panels)
	v.care()
	to.seeLast()
}

func (v *viewer) want(panels []string) {
	v.mu.Lock()
	old := v.panels
	v.panels = panels
	s := v.session
	v.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range old {
		s.wants[p]--
	}
	for _, p := range panels {
		s.wants[p]++
	}
	s.quarry.stale = true
}

// care updates and returns whether the viewer is behind. No data are collected
// for a viewer that is behind or has no open panel.
func (v *viewer) care() (behind bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	behind = v.sent-v.acked >= maxUnacked
	if eager := !behind && len(v.panels) > 0; eager != v.eager {
		v.eager = eager
		v.session.eager.Add(map[bool]int32{true: 1, false: -1}[eager])
	}
	return behind
}

// knownPanels are the panels that a viewer can open.
var knownPanels = []string{panelAtoms, panelMap, panelNeuron, panelMatrix, "raster", "shown", "measures", "expect", "log"}

func (v *viewer) read(ctx context.Context) {
	for {
		kind, data, err := v.conn.Read(ctx)
		if err != nil {
			return
		}
		var c Command
		if kind != websocket.MessageText || json.Unmarshal(data, &c) != nil {
			_ = v.conn.Close(websocket.StatusUnsupportedData, "expected commands as JSON")
			return
		}
		v.command(c)
	}
}

func (v *viewer) command(c Command) {
	switch c.Do {
	case "ack":
		v.mu.Lock()
		v.acked = c.Seq
		v.mu.Unlock()
		v.care()
	case "watch":
		defer v.looksAt().seeLast()
		defer v.care()
		v.want(slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(c.Panels))), func(p string) bool { return !slices.Contains(knownPanels, p) }))
	case "look":
		err := v.look(c.N)
		v.reply(Reply{ID: c.ID, OK: err == nil, Error: text(err)})
	case "seek":
		err := v.looksAt().seek(c.N)
		v.reply(Reply{ID: c.ID, OK: err == nil, Error: text(err)})
	case "pick":
		s := v.looksAt()
		err := s.pick(int(v.neuron.Load()), c.Neuron)
		if err == nil {
			v.neuron.Store(int64(c.Neuron))
			s.seeLast()
		}
		v.reply(Reply{ID: c.ID, OK: err == nil, Error: text(err)})
	default:
		v.looksAt().Do(c, v.reply)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// reply queues an answer; the connection is closed if the queue is full.
func (v *viewer) reply(r Reply) {
	select {
	case v.replies <- r:
	default:
		_ = v.conn.CloseNow()
	}
}

// frameShare limits the cost of frames: after a frame there is a pause of
// frameShare times its duration for each open page, at most longestFrame.
const (
	frameShare   = 70
	longestFrame = time.Second
)

// patience is how long sending a message may take.
const patience = 10 * time.Second

func (v *viewer) write(ctx context.Context) {
	t := time.NewTicker(frameTime)
	defer t.Stop()
	var next time.Time
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case r := <-v.replies:
			err = v.send(ctx, "reply", r)
		case <-t.C:
			now := time.Now()
			if now.Before(next) {
				continue
			}
			err = v.frame(ctx)
			next = time.Now().Add(min(longestFrame, time.Duration(frameShare*v.looksAt().watchers.Load())*time.Since(now)))
		}
		if err != nil {
			return
		}
	}
}

func (v *viewer) send(ctx context.Context, kind string, body any) error {
	b, err := json.Marshal(map[string]any{"kind": kind, kind: body})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return v.conn.Write(ctx, websocket.MessageText, b)
}

// frame sends what is new, unless the page is behind.
func (v *viewer) frame(ctx context.Context) error {
	if v.care() {
		return nil
	}
	if next := v.looksAt().heir(); next != nil {
		v.move(next)
	}
	v.mu.Lock()
	panels := v.panels
	v.mu.Unlock()
	if news := v.news(panels); news != nil {
		v.mu.Lock()
		v.sent++
		news["seq"] = v.sent
		v.mu.Unlock()
		if err := v.send(ctx, "news", news); err != nil {
			return err
		}
	}
	return v.spikes(ctx, panels) // after the news, which describe the network
}

func (v *viewer) spikes(ctx context.Context, panels []string) error {
	s := v.looksAt()
	s.mu.Lock()
	if s != v.seen.session {
		v.seen.session, v.seen.missing, v.seen.spikes = s, 0, s.frames.seq-uint32(len(s.frames.all))
	}
	frames, dropped := s.frames.after(v.seen.spikes)
	v.seen.spikes = s.frames.seq
	if !slices.Contains(panels, "raster") { // the last frames are sent when the panel is opened
		frames, v.seen.spikes, dropped = nil, v.seen.spikes-uint32(len(s.frames.all)), 0
	}
	s.mu.Unlock()
	v.seen.missing += dropped
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, b := range frames {
		b = slices.Clone(b)
		binary.LittleEndian.PutUint32(b[12:], uint32(v.seen.missing))
		if err := v.conn.Write(ctx, websocket.MessageBinary, b); err != nil {
			return err
		}
	}
	return nil
}

// The times between two messages with courses, with outputs, and with the runs
// of a sweep.
const (
	slowCourses = time.Second
	slowOutputs = 80 * time.Millisecond
	slowFleet   = 250 * time.Millisecond
)

// news returns what the page has not seen yet, nil if there is nothing.
func (v *viewer) news(panels []string) map[string]any {
	s := v.looksAt()
	has := func(p string) bool { return slices.Contains(panels, p) }
	news := map[string]any{}
	if v.seen.greeted != s {
		v.seen.greeted, news["options"] = s, s.about()
	}
	version, now := s.version.Load(), time.Now()
	if sc := s.currentScene(); sc != nil && sc != v.seen.scene {
		v.seen = seen{session: s, greeted: s, scene: sc, spikes: v.seen.spikes, missing: v.seen.missing, fleet: v.seen.fleet, fleetAt: v.seen.fleetAt}
		news["scene"], news["place"] = sc, sc.placed
	}
	if s.fleet != nil && now.Sub(v.seen.fleetAt) >= slowFleet {
		if n, version := s.fleet.since(v.seen.fleet); n != nil {
			v.seen.fleet, v.seen.fleetAt, news["fleet"] = version, now, n
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if version != v.seen.version {
		v.seen.version = version
		news["phase"], news["results"], news["expect"] = s.phase, numbers(s.results), s.expect
	}
	if len(s.done) != v.seen.touches {
		v.seen.touches = len(s.done)
		news["touches"] = touchList(s.done)
	}
	if end := s.log.first + len(s.log.all); end != v.seen.log {
		news["log"] = s.log.since(v.seen.log)
		v.seen.log = end
	}
	if has("shown") {
		if s.shown.n != v.seen.shown && s.scene != nil {
			v.seen.shown = s.shown.n
			if s.shown.Values == nil {
				s.shown.Values = s.scene.valuesIn(s.shown.phase, s.shown.Item)
			}
			news["shown"] = s.shown
		}
		if now.Sub(v.seen.output) >= slowOutputs && v.seen.scene != nil {
			v.seen.output = now
			news["outputs"], news["thetas"] = s.sampled(s.outputs), s.sampled(s.theta)
		}
	}
	if s.quarry.n != v.seen.looks {
		v.seen.looks = s.quarry.n
		v.looked(s, news, has)
	}
	if now.Sub(v.seen.courses) >= slowCourses {
		v.seen.courses = now
		v.courses(s, news, has)
	}
	if s.view != nil && news["phase"] != nil {
		news["view"] = map[string]any{"steps": viewSteps, "step": s.view.step, "t": float64(s.now.Load()) / 1e6}
	}
	if len(news) == 0 && version == v.seen.version && v.seen.scene == nil {
		return nil
	}
	news["status"] = s.control.status()
	news["t"] = float64(s.now.Load()) / 1e6
	news["missing"] = v.seen.missing
	return news
}

// courses adds the courses over time.
func (v *viewer) courses(s *Session, news map[string]any, has func(string) bool) {
	if has("measures") || has("expect") {
		news["measures"], news["rates"] = s.measures.all(), s.rates.all()
	}
	if has(panelAtoms) {
		news["atoms"] = s.atoms.all()
	}
	if h := s.follow[neuron.ID(v.neuron.Load())]; h != nil { // no selected neuron has no history
		news["history"] = h.copy()
	}
}

// looked adds what was seen at the last look.
func (v *viewer) looked(s *Session, news map[string]any, has func(string) bool) {
	q := &s.quarry
	if q.values != nil && (has(panelMap) || has(panelAtoms)) {
		news["values"], news["quantities"] = q.values, quantitiesOf(q.values)
	}
	if p := q.neurons[neuron.ID(v.neuron.Load())]; p != nil {
		news["neuron"] = p
	}
	if has(panelMatrix) && q.matrix != nil {
		news["matrix"] = q.matrix
	}
}
