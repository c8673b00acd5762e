package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"infomorph/internal/disk"
	"infomorph/internal/words"
)

// ErrLowSpace ends a run before the disk is full.
var ErrLowSpace = errors.New("too little free disk space")

const (
	defaultMinFree = 64 << 20
	checkEvery     = 1 << 20   // bytes of rows between two checks of the free space
	ballastBytes   = 256 << 10 // enough for the last manifest
	ballastName    = "ballast"
)

// spend counts n bytes of rows. Every checkEvery bytes it checks the disk: the
// free space must be enough for the final tables, which for a while exist
// beside the rows, and for MinFree.
func (r *Run) spend(n int64) error {
	r.spent += n
	if r.opts.MinFree < 0 || r.spent-r.checked < checkEvery {
		return nil
	}
	r.checked = r.spent
	return r.checkSpace(r.spent)
}

// checkSpace returns ErrLowSpace unless need bytes and MinFree are free.
func (r *Run) checkSpace(need int64) error {
	floor := r.opts.MinFree
	switch {
	case floor < 0:
		return nil
	case floor == 0:
		floor = defaultMinFree
	}
	if r.opts.CSV {
		need *= 3 // numbers in decimal take up to three times the bytes
	}
	free, ok := r.fsys.Free(r.opts.Dir)
	if !ok || free >= need+floor {
		return nil
	}
	return fmt.Errorf("%w: %s has %s free, the results so far need up to %s more and %s must stay free",
		ErrLowSpace, r.opts.Dir, words.Bytes(free), words.Bytes(need), words.Bytes(floor))
}

// Plan says how much a run will record.
type Plan struct {
	Spikes    int64 // rows of spikes.parquet
	Atoms     int64 // rows of pid.parquet
	AtomNames int   // atoms in each row
	Synapses  int64 // rows of all weights-*.parquet together
	CSV       bool
}

// Estimate returns the most disk space [byte] that a run with this plan takes
// during the run: the rows of growing tables and, at the end, the final tables
// beside them. The finished folder has half of this size or less.
func (p Plan) Estimate() int64 {
	rows := 16*p.Spikes + int64(52+8*p.AtomNames)*p.Atoms
	atOnce := 32 * p.Synapses
	total := 2*rows + atOnce
	if p.CSV {
		total += 3 * (rows + atOnce)
	}
	return total
}

// FreeSpace returns the number of free bytes for the result folder dir, which
// need not exist yet; false if the system does not know it.
func FreeSpace(dir string) (int64, bool) {
	for {
		if _, err := os.Stat(dir); err == nil {
			return disk.OS.Free(dir)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return 0, false
		}
		dir = parent
	}
}

// reserve writes a file that is removed at the end, so that there is space for
// the manifest even when the disk is full.
func (r *Run) reserve() error {
	if err := r.checkSpace(0); err != nil {
		return err
	}
	f, err := r.fsys.Create(filepath.Join(r.opts.Dir, partsDir, ballastName))
	if err != nil {
		return fileError(manifestName, err)
	}
	r.ballast = f
	if _, err := f.Write(make([]byte, ballastBytes)); err != nil {
		return fileError(manifestName, err)
	}
	return nil
}

func (r *Run) dropBallast() {
	if r.ballast != nil {
		r.ballast.Close()
		_ = r.fsys.Remove(r.ballast.Name()) // an error does no harm
		r.ballast = nil
	}
}
