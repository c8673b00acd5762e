package remote

import "errors"

// maxPiece is how much of something long crosses at a time; the other side
// answers before the next piece is sent, so that nothing piles up.
const maxPiece = maxFrame - 256

// maxUpload bounds what a node takes in piece by piece.
const maxUpload = 256 << 30

// upload is something long that comes in pieces.
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
		u.data = make([]byte, 0, min(total, 1<<30)) // more only as it comes
	}
	u.data = append(u.data, piece...)
	return nil
}

// take returns what has come, if it is whole, and forgets it.
func (u *upload) take() []byte {
	data := u.data
	if uint64(len(data)) != u.total {
		data = nil
	}
	*u = upload{}
	return data
}
