package main

import (
	"sync"

	"infomorph/internal/footprint"
	"infomorph/internal/words"
)

// room is how much memory networks may take: --max-memory, or the available
// memory. It is a global variable because memory is shared by the whole
// program.
var room roomFlag

// roomFlag is --max-memory.
type roomFlag struct {
	mu    sync.Mutex
	bytes int64 // 0: the available memory
}

func (f *roomFlag) String() string {
	if f.bytes == 0 {
		return ""
	}
	return words.Bytes(f.bytes)
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
