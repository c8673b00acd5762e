package run

import (
	"infomorph/actors"
	"infomorph/internal/inboxes"
	"infomorph/internal/record"
)

// tape is the recording of a free run in its result folder; nil if there is none.
type tape struct {
	free *actors.Free
}

// startTape starts to record a free run, or continues the recording of a resumed run.
func startTape(p *parts) (*tape, error) {
	free, ok := p.Engine.(*actors.Free)
	if !ok || p.rec == nil || !p.Scenario.Record.Inboxes {
		return nil, nil
	}
	file, err := p.rec.Growing(inboxes.Name)
	if err != nil {
		return nil, err
	}
	w, err := newRecordingWriter(file, p.Task.Network().NumNeurons())
	if err == nil {
		err = free.Record(w, file.Room)
	}
	return &tape{free}, err
}

func newRecordingWriter(file *record.Growing, neurons int) (*inboxes.Writer, error) {
	if size := file.Size(); size > 0 {
		return inboxes.Continue(file, size)
	}
	return inboxes.NewWriter(file, neurons)
}

// mark writes the recording so far to disk, for a checkpoint.
func (t *tape) mark() error {
	if t == nil {
		return nil
	}
	return t.free.MarkRecording()
}

// end completes the recording.
func (t *tape) end() error {
	if t == nil {
		return nil
	}
	return t.free.EndRecording()
}
