package remote

import "time"

// hello is the first message of a coordinator.
type hello struct{ Version, Arch, Run string }

func (h *hello) encode() []byte {
	w := &writer{}
	w.text(h.Version)
	w.text(h.Arch)
	w.text(h.Run)
	return w.b
}

func decodeHello(b []byte) (*hello, error) {
	r := &reader{b: b}
	h := &hello{r.text(), r.text(), r.text()}
	return h, r.end()
}

// About is the answer of a node to a hello or an ask.
type About struct {
	Name, Version, Arch string
	Cores               int
	Memory, Available   int64 // of the machine [B]; 0: not known
	Clock               time.Time
	Busy                string // the run that it serves; "": none
	life                uint64
}

func (a *About) encode() []byte {
	w := &writer{}
	w.text(a.Name)
	w.text(a.Version)
	w.text(a.Arch)
	w.u(uint64(a.Cores))
	w.i(a.Memory)
	w.i(a.Available)
	w.i(a.Clock.UnixNano())
	w.text(a.Busy)
	w.u64(a.life)
	return w.b
}

func decodeAbout(b []byte) (*About, error) {
	r := &reader{b: b}
	a := &About{Name: r.text(), Version: r.text(), Arch: r.text(), Cores: int(r.u()), Memory: r.i(), Available: r.i()}
	a.Clock = time.Unix(0, r.i())
	a.Busy, a.life = r.text(), r.u64()
	return a, r.end()
}
