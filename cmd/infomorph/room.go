package main

import (
	"sync"

	"infomorph/internal/footprint"
)

// room is how much memory networks may take: what the user has named, or what
// there is. It is of the whole program, as memory is.
var room roomFlag

// roomFlag is --max-memory.
type roomFlag struct {
	mu    sync.Mutex
	bytes int64 // 0: what there is
}

func (f *roomFlag) String() string {
	if f.bytes == 0 {
		return ""
	}
	return footprint.Bytes(f.bytes)
}

func (f *roomFlag) Type() string { return "size" }

func (f *roomFlag) Set(text string) (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bytes, err = footprint.ParseBytes(text)
	return err
}

func (f *roomFlag) available() footprint.Room {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.bytes > 0 {
		return footprint.Room{Bytes: f.bytes, Of: "--max-memory"}
	}
	return footprint.Available()
}
