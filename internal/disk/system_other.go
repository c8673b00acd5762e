//go:build !(linux || darwin || freebsd)

package disk

import "io"

func (system) Lock(string) (io.Closer, bool, error) { return nil, false, nil }

func (system) Free(string) (int64, bool) { return 0, false }
