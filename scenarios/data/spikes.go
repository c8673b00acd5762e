package data

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/internal/table"
	"infomorph/neuron"
)

// maxSpikes limits the spikes in memory: 1 GiB.
const maxSpikes = 1 << 26

// spikes opens recorded spike trains.
func (l *loader) spikes() (source, []any, error) {
	c := l.Spikes
	l.set.Channels, l.set.Hold = c.Channels, int64(c.Hold)
	_, listed := l.files.List(c.File)
	if listed == nil || strings.EqualFold(path.Ext(c.File), ".bin") {
		return l.events(listed == nil)
	}
	f, err := l.files.Open(c.File)
	if err != nil {
		return nil, nil, l.fault("spikes", "file", err)
	}
	defer f.Close()
	t, err := table.Open(f, table.Options{Name: c.File, MaxBytes: maxTableBytes, DecimalComma: c.Comma})
	var trains *trains
	if err == nil {
		trains, err = readTrains(t, c.Channels, timeUnits[c.Unit])
	}
	if err != nil {
		return nil, nil, l.fault("spikes", "file", fmt.Errorf("%s: %w", c.File, err))
	}
	l.set.Notes = append(l.set.Notes, t.Notes()...)
	l.set.Labels = sortLabels(trains.labelNames, trains.labels)
	return trains, []any{*c, trains.names, trains.labels, l.set.Labels, trains.all}, nil
}

// timeUnits are the units of times in a table [µs].
var timeUnits = map[string]float64{"us": 1, "ms": 1000, "s": 1e6}

// trains is a list of spike trains in memory.
type trains struct {
	names      []string
	labels     []int32 // −1: none
	all        [][]Spike
	labelNames []string
}

func (t *trains) parts() []basePart        { return []basePart{{count: len(t.all)}} }
func (t *trains) itemName(_, i int) string { return t.names[i] }
func (t *trains) item(_, i int, it *Item) error {
	it.Name, it.Label = t.names[i], int(t.labels[i])
	it.Train = append(it.Train, t.all[i]...)
	it.Duration = it.Train[len(it.Train)-1].Time + 1
	return nil
}

// trainReader reads a table of spikes.
type trainReader struct {
	*table.Reader
	*trains
	channels                          int
	unit                              float64
	time, channel, value, item, label int // columns; −1: none
	place                             map[string]int
	known                             map[string]int32
	count                             int
}

// readTrains reads spikes from a table. It must have the columns time and channel, and
// can have value, item and label. The spikes of one item must be in order of time; those
// of different items can be mixed.
func readTrains(t *table.Reader, channels int, unit float64) (*trains, error) {
	r := &trainReader{Reader: t, trains: &trains{}, channels: channels, unit: unit, place: map[string]int{}, known: map[string]int32{}}
	for _, c := range []struct {
		name   string
		dst    *int
		needed bool
	}{{"time", &r.time, true}, {"channel", &r.channel, true}, {"value", &r.value, false}, {"item", &r.item, false}, {"label", &r.label, false}} {
		k, err := t.Index(c.name)
		if *c.dst = k; err != nil {
			if *c.dst = -1; c.needed {
				return nil, err
			}
		}
	}
	for row, err := range t.Rows() {
		if err == nil {
			err = r.add(row)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(r.all) == 0 {
		return nil, fmt.Errorf("there is no spike in it")
	}
	return r.trains, nil
}

// add appends the spike of a row.
func (r *trainReader) add(row []table.Cell) error {
	if r.count++; r.count > maxSpikes {
		return fmt.Errorf("more than %d spikes, which is %d MiB; divide the file", maxSpikes, maxSpikes*16>>20)
	}
	s := Spike{Value: 1}
	v, err := r.number(row, r.time)
	if err != nil {
		return err
	}
	t := math.Round(v * r.unit)
	if t < 0 || t > 1e15 {
		return r.Errorf(r.time, "the time %s, expected 0 to 30 years", row[r.time])
	}
	s.Time = neuron.Time(t)
	if v, err = r.number(row, r.channel); err != nil {
		return err
	}
	if v != math.Trunc(v) || v < 0 || v >= float64(r.channels) {
		return r.Errorf(r.channel, "channel %s, expected 0 to %d", row[r.channel], r.channels-1)
	}
	s.Channel = int32(v)
	if r.value >= 0 {
		if v, err = r.number(row, r.value); err != nil {
			return err
		}
		if !finite(v) {
			return r.Errorf(r.value, "%s is too large", row[r.value])
		}
		s.Value = float32(v)
	}
	k, err := r.train(row)
	if err != nil {
		return err
	}
	if n := len(r.all[k]); n > 0 && s.Time < r.all[k][n-1].Time {
		return r.Errorf(r.time, "%s is out of order: the spike before it in the train is at %d µs", row[r.time], r.all[k][n-1].Time)
	}
	r.all[k] = append(r.all[k], s)
	return nil
}

func (r *trainReader) number(row []table.Cell, k int) (float64, error) {
	v, err := row[k].Number()
	switch {
	case err != nil:
		return 0, r.Errorf(k, "%w", err)
	case !finite(v/1e9) || math.IsNaN(v):
		return 0, r.Errorf(k, "%q, expected a number", row[k])
	}
	return v, nil
}

// train returns the number of the train that a row belongs to.
func (r *trainReader) train(row []table.Cell) (int, error) {
	name, label := "", int32(-1)
	if r.item >= 0 {
		var ok bool
		if name, ok = row[r.item].Label(); !ok {
			return 0, r.Errorf(r.item, "there is no value, expected the train's name or number")
		}
	}
	if r.label >= 0 {
		text, ok := row[r.label].Label()
		if !ok {
			return 0, r.Errorf(r.label, "there is no label")
		}
		if label, ok = r.known[text]; !ok {
			if label = int32(len(r.labelNames)); label == maxLabels {
				return 0, r.Errorf(r.label, "more than %d labels", maxLabels)
			}
			r.known[text] = label
			r.labelNames = append(r.labelNames, text)
		}
	}
	k, ok := r.place[name]
	if !ok {
		k = len(r.all)
		r.place[name] = k
		r.names, r.labels, r.all = append(r.names, name), append(r.labels, label), append(r.all, nil)
	}
	if r.labels[k] != label {
		return 0, r.Errorf(r.label, "train %q has two labels: %s and %s", name, r.labelNames[r.labels[k]], r.labelNames[label])
	}
	return k, nil
}

// events opens address-event files.
func (l *loader) events(folder bool) (source, []any, error) {
	c := l.Spikes
	s := &eventFiles{layout: eventLayout{width: c.Width, height: c.Channels / (2 * c.Width)}, files: l.files}
	if s.layout.height < 1 || c.Channels != 2*c.Width*s.layout.height || c.Width > 256 || s.layout.height > 256 {
		return nil, nil, config.FieldError(l.key("spikes", "channels"), c.Channels, "2·width·height, each side at most 256, because an address-event file has a polarity, a column and a row of one byte", "")
	}
	t := &tree{parts: []string{""}, leaves: [][]leaf{{{c.File, stem(path.Base(c.File)), -1}}}}
	var err error
	if folder {
		if t, err = readTree(c.File, l.files, eventFile); err != nil {
			return nil, nil, l.fault("spikes", "file", err)
		}
	}
	s.tree = t
	content, err := s.check()
	if err != nil {
		return nil, nil, l.fault("spikes", "file", err)
	}
	l.set.Labels = slices.Clone(t.labels)
	return s, append(content, *c, t.labels), nil
}
