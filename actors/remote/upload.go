package remote

import "errors"

// maxPiece is how much of long data is sent at a time. The receiver answers
// before the next piece is sent, so pieces never accumulate.
const maxPiece = maxFrame - 256

// maxUpload bounds the data that a node receives in pieces.
const maxUpload = 256 << 30

// upload is long data that arrives in pieces.
type upload struct {
	data  []byte
	total uint64
}

var errPiece = errors.New("a piece that does not follow the one before")

// put takes the next piece: total, offset, bytes.
func (s *session) put(r *reader) error {
	u := &s.upload
	total, at, piece := r.u(), r.u(), r.bytes()
	if err := r.end(); err != nil {
		return err
	}
	if at == 0 {
		*u = upload{total: total}
	}
	if total > maxUpload || total != u.total || at != uint64(len(u.data)) || at+uint64(len(piece)) > total {
		return errPiece
	}
	if u.data == nil && at == 0 {
		u.data = make([]byte, 0, min(total, 1<<30)) // the rest is allocated as it arrives
	}
	u.data = append(u.data, piece...)
	return nil
}

// take returns the data and clears the upload. It returns nil if pieces are
// missing.
func (u *upload) take() []byte {
	data := u.data
	if uint64(len(data)) != u.total {
		data = nil
	}
	*u = upload{}
	return data
}
