package measure

import (
	"errors"
	"fmt"
	"strings"

	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// Show implements Measure.
func (r *recall) Show(_ Reporter, out *journal.Listener) error {
	table := journal.Table{Name: "recall", Columns: []string{"test", "pattern", "item", "cue_overlap", "overlap", "wrong_bits", "no_evidence", "sweeps", "patterns_since"}}
	var errs []error
	first := true
	for i := range r.state.Phases {
		p := &r.state.Phases[i]
		how := r.how(p.Name)
		got, chance := r.summary(p.Outcomes), r.others(p.Outcomes)
		prefixes := []string{placeName(r.name, p.Name)}
		if i == 0 {
			prefixes = append(prefixes, r.name)
		}
		for _, prefix := range prefixes {
			r.score(prefix, got, chance, out)
		}
		if how.Backwards {
			r.scoreStream(p, first, chance.Recalled, out)
			first = false
		}
		for k := range p.Outcomes {
			o := &p.Outcomes[k]
			var since any
			if how.Backwards {
				since = o.Age
			}
			table.Rows = append(table.Rows, []any{p.Name, o.Name, o.Item, o.Stored.overlap(o.Cue), o.overlap(), o.wrong(), o.blank(), o.Sweeps, since})
		}
		errs = append(errs, out.Figure("recall-"+p.Name, r.gallery(how, p.Outcomes)))
	}
	if len(table.Rows) == 0 {
		return nil
	}
	return errors.Join(append(errs, r.showBasins(out), r.showAge(out), out.Table(table))...)
}

// Limits of a gallery. It shows as many patterns as fit into galleryPixels, but at least
// galleryRows. Of patterns wider or higher than wholeSide, it shows only the middle, up
// to detailSide wide and high.
const (
	galleryRows   = 26
	galleryPixels = 20_000
	wholeSide     = 256
	detailSide    = 50
)

func (r *recall) gallery(how *language.Recall, outcomes []outcome) journal.Gallery {
	width := r.env.Net.Width(how.Input)
	n := len(outcomes[0].Stored)
	if width == 0 || n%width != 0 {
		width = n
	}
	g := journal.Gallery{Title: "Recall from " + describe(how) + "; below: overlap with what is stored", Width: width, Height: n / width, Heads: []string{"stored", "cue", "recalled"}, Compared: true}
	tile := func(t trits) []float32 { return t.tile() }
	if g.Width > wholeSide || g.Height > wholeSide {
		d := middle(g.Width, g.Height)
		g.Title += fmt.Sprintf("; the middle %d×%d of %d×%d", d.width, d.height, g.Width, g.Height)
		g.Width, g.Height = d.width, d.height
		tile = d.of
	}
	rows := min(len(outcomes), max(galleryRows, galleryPixels/(g.Width*g.Height)))
	if rows < len(outcomes) {
		g.Title += fmt.Sprintf("; the first %d of %d, whose scores are in the table recall", rows, len(outcomes))
	}
	for i := range outcomes[:rows] {
		o := &outcomes[i]
		g.Rows = append(g.Rows, journal.GalleryRow{
			Name: o.title(), Tiles: [][]float32{tile(o.Stored), tile(o.Cue), tile(o.Recalled)},
			Notes: []string{"", fmt.Sprintf("%.2f", o.Stored.overlap(o.Cue)), fmt.Sprintf("%.2f", o.overlap())},
		})
	}
	return g
}

// title returns the name of a pattern, or its number.
func (o *outcome) title() string {
	if o.Name != "" {
		return o.Name
	}
	return fmt.Sprint(o.Item)
}

// detail is a part of a large pattern.
type detail struct{ from, row, width, height int }

// middle returns the middle part of patterns of a given size.
func middle(width, height int) detail {
	w, h := min(width, detailSide), min(height, detailSide)
	return detail{(height-h)/2*width + (width-w)/2, width, w, h}
}

func (d detail) of(t trits) []float32 {
	tile := make([]float32, 0, d.width*d.height)
	for y := range d.height {
		at := d.from + y*d.row
		tile = append(tile, t[at:at+d.width].tile()...)
	}
	return tile
}

func describe(how *language.Recall) string {
	share := fmt.Sprintf("%.0f %%", 100*float64(how.Fraction))
	what := map[string]string{"clean": "clean cues", "flip": "cues with " + share + " of the bits flipped",
		"occlude": "cues with " + share + " occluded", "partial": "cues with " + share + " unknown"}[how.Cue]
	return what + ", " + strings.ReplaceAll(how.Dynamics, "_", " ") + " dynamics"
}

// showBasins draws recall against the damage of the cue, for phases that differ in
// nothing else. It also draws recall from phase to phase, for phases that do not differ
// at all.
func (r *recall) showBasins(out *journal.Listener) error {
	basins := journal.Lines{Title: "Recall against damage of the cue", X: "share of bits damaged", Y: "mean overlap"}
	course := journal.Lines{Title: "Recall from phase to phase", X: "phase", Y: "mean overlap"}
	var damage, same curves
	for i := range r.state.Phases {
		p := &r.state.Phases[i]
		got := r.summary(p.Outcomes)
		like := *r.how(p.Name)
		same.add(like, float64(len(course.Ticks)), got.Overlap, got.Cue)
		course.Ticks = append(course.Ticks, p.Name)
		share := float64(like.Fraction)
		like.Fraction = 0
		damage.add(like, share, got.Overlap, got.Cue)
	}
	for _, c := range damage {
		if len(c.x) > 2 && increases(c.x) {
			basins.Series = append(basins.Series, journal.Series{Name: damages[c.of.Cue] + ", " + strings.ReplaceAll(c.of.Dynamics, "_", " ") + " dynamics", X: c.x, Y: c.y},
				journal.Series{Name: "the cues themselves", X: c.x, Y: c.cue})
		}
	}
	for _, c := range same {
		if len(c.x) > 1 {
			course.Series = append(course.Series, journal.Series{Name: describe(&c.of), X: c.x, Y: c.y})
		}
	}
	var errs []error
	if len(basins.Series) > 0 {
		errs = append(errs, out.Figure("basins", basins))
	}
	if len(course.Series) > 0 {
		errs = append(errs, out.Figure("recall-course", course))
	}
	return errors.Join(errs...)
}

// damages describes the bits that each kind of cue damages.
var damages = map[string]string{"clean": "none damaged", "flip": "flipped", "occlude": "occluded", "partial": "unknown"}

// curves holds one curve for each group of phases with equal settings.
type curves []*alike

type alike struct {
	of        language.Recall
	x, y, cue []float64
}

func (c *curves) add(of language.Recall, x, y, cue float64) {
	for _, a := range *c {
		if a.of == of {
			a.x, a.y, a.cue = append(a.x, x), append(a.y, y), append(a.cue, cue)
			return
		}
	}
	*c = append(*c, &alike{of, []float64{x}, []float64{y}, []float64{cue}})
}

func increases(x []float64) bool {
	for i := 1; i < len(x); i++ {
		if x[i] <= x[i-1] {
			return false
		}
	}
	return true
}

// showAge draws recall against age, together with the overlap of the cues.
func (r *recall) showAge(out *journal.Listener) error {
	l := journal.Lines{Title: "Recall against age", X: "patterns presented since", Y: "overlap", Dashed: []journal.Reference{{Name: "criterion", Y: r.criterion}}}
	for i := range r.state.Phases {
		p := &r.state.Phases[i]
		if !r.how(p.Name).Backwards {
			continue
		}
		s := journal.Series{Name: describe(r.how(p.Name))}
		cues := journal.Series{Name: "those cues themselves"}
		for k := range p.Outcomes {
			o := &p.Outcomes[k]
			s.X, s.Y = append(s.X, float64(o.Age)), append(s.Y, o.overlap())
			cues.Y = append(cues.Y, o.Stored.overlap(o.Cue))
		}
		l.Series = append(l.Series, s)
		if cues.X = s.X; r.how(p.Name).Cue != "clean" {
			l.Series = append(l.Series, cues)
		}
	}
	if len(l.Series) == 0 {
		return nil
	}
	return out.Figure("age", l)
}
