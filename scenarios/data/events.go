package data

import (
	"fmt"
	"io"

	"infomorph/neuron"
)

// Limits on address-event files.
const (
	eventBytes    = 5
	maxEventFile  = 256 << 20 // bytes of one file
	maxEventsKept = 512 << 20 // bytes kept in memory; with more, files are read each time
)

// eventLayout is the layout of a file with 5 bytes per event, as in N-MNIST (Orchard et
// al. 2015). An event has a column, a row, a polarity (1 bit) and a time [µs] (23 bits,
// most significant first). If the sensor has at most 240 rows, an event in row 240 marks
// an overflow of the clock: all later times are 2¹³ µs later.
type eventLayout struct{ width, height int }

const (
	overflowRow  = 240
	overflowTime = 1 << 13
)

// channel returns the channel of a pixel and a polarity.
func (e eventLayout) channel(x, y, polarity int) int32 {
	return int32((polarity*e.height+y)*e.width + x)
}

// decode appends the spikes of a file to dst. The name file appears in errors.
func (e eventLayout) decode(dst []Spike, file string, data []byte) ([]Spike, error) {
	if len(data)%eventBytes != 0 {
		return dst, fmt.Errorf("%s: %d bytes, expected a multiple of %d, the bytes of an event", file, len(data), eventBytes)
	}
	var later, last neuron.Time
	first := len(dst)
	for at := 0; at < len(data); at += eventBytes {
		b := data[at : at+eventBytes]
		x, y := int(b[0]), int(b[1])
		if y == overflowRow && e.height <= overflowRow {
			later += overflowTime
			continue
		}
		if x >= e.width || y >= e.height {
			return dst, fmt.Errorf("%s: event %d (byte %d) is in column %d and row %d, expected below %d and %d", file, at/eventBytes, at, x, y, e.width, e.height)
		}
		t := later + (neuron.Time(b[2]&0x7f)<<16 | neuron.Time(b[3])<<8 | neuron.Time(b[4]))
		if t < last {
			return dst, fmt.Errorf("%s: event %d (byte %d) is out of order: it is at %d µs, the one before at %d µs", file, at/eventBytes, at, t, last)
		}
		last = t
		dst = append(dst, Spike{t, e.channel(x, y, int(b[2]>>7)), 1})
	}
	if len(dst) == first {
		return dst, fmt.Errorf("%s: no event in it", file)
	}
	return dst, nil
}

// eventFiles are address-event files with one spike train each.
type eventFiles struct {
	*tree
	layout eventLayout
	files  Files
	kept   [][][]byte // contents of the files, by part; nil if they are read each time
	buffer []byte
}

func (s *eventFiles) parts() []basePart           { return s.base() }
func (s *eventFiles) itemName(part, i int) string { return s.leaves[part][i].name }

func (s *eventFiles) item(part, i int, it *Item) error {
	f := &s.leaves[part][i]
	it.Name, it.Label = f.name, f.label
	var data []byte
	var err error
	if s.kept != nil {
		data = s.kept[part][i]
	} else if data, err = s.read(f.file); err != nil {
		return err
	}
	if it.Train, err = s.layout.decode(it.Train, f.file, data); err != nil {
		return err
	}
	it.Duration = it.Train[len(it.Train)-1].Time + 1
	return nil
}

// read returns the bytes of a file. They are valid until the next call.
func (s *eventFiles) read(file string) ([]byte, error) {
	f, err := s.files.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s.buffer = s.buffer[:0]
	for {
		if len(s.buffer) == cap(s.buffer) {
			s.buffer = append(s.buffer, 0)[:len(s.buffer)]
		}
		n, err := f.Read(s.buffer[len(s.buffer):cap(s.buffer)])
		s.buffer = s.buffer[:len(s.buffer)+n]
		switch {
		case len(s.buffer) > maxEventFile:
			return nil, fmt.Errorf("%s: larger than %d MiB", file, maxEventFile>>20)
		case err == io.EOF:
			return s.buffer, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
}

// check reads all files once, and keeps their contents if they are not too large
// together. It returns the names, labels and hashes of the files.
func (s *eventFiles) check() (content []any, err error) {
	var train []Spike
	total := 0
	s.kept = make([][][]byte, len(s.leaves))
	known := map[string]string{}
	for part, leaves := range s.leaves {
		for _, f := range leaves {
			data, err := s.read(f.file)
			if err != nil {
				return nil, err
			}
			if train, err = s.layout.decode(train[:0], f.file, data); err != nil {
				return nil, err
			}
			digest := sum(data)
			if other, ok := known[digest]; ok && part == 1 {
				return nil, fmt.Errorf("train and test share items: %s is the same as %s", f.file, other)
			} else if part == 0 {
				known[digest] = f.file
			}
			content = append(content, f.name, f.label, digest)
			if total += len(data); total <= maxEventsKept {
				s.kept[part] = append(s.kept[part], append([]byte(nil), data...))
			} else {
				s.kept = nil
			}
		}
	}
	return content, nil
}
