package textfile

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// Decode returns the text in r as UTF-8 without a byte order mark and with \n
// for every line end (\r\n and a lone \r too). UTF-16 is recognised by its byte
// order mark, or by zero bytes in its first characters.
func Decode(r io.Reader) io.Reader {
	in := bufio.NewReaderSize(r, 1<<16)
	head, _ := in.Peek(4) // Read returns the error again
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, _ = in.Discard(3)
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		_, _ = in.Discard(2)
		return &lineEnds{r: bufio.NewReader(&wide{in: in, high: 1})}
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		_, _ = in.Discard(2)
		return &lineEnds{r: bufio.NewReader(&wide{in: in})}
	case len(head) == 4 && head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0:
		return &lineEnds{r: bufio.NewReader(&wide{in: in, high: 1})}
	case len(head) == 4 && head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0:
		return &lineEnds{r: bufio.NewReader(&wide{in: in})}
	}
	return &lineEnds{r: in}
}

// wide turns UTF-16 into UTF-8; high is the index of the high byte.
type wide struct {
	in      *bufio.Reader
	high    int  // 0 or 1
	pending rune // the first half of a surrogate pair, or 0
	out     []byte
}

func (w *wide) Read(p []byte) (int, error) {
	for len(w.out) < min(len(p), 4096) {
		var b [2]byte
		if _, err := io.ReadFull(w.in, b[:]); err != nil {
			if len(w.out) > 0 {
				break
			}
			if err == io.ErrUnexpectedEOF { // half a code unit at the end
				err = io.EOF
			}
			return 0, err
		}
		w.unit(rune(b[w.high^1]) | rune(b[w.high])<<8)
	}
	n := copy(p, w.out)
	w.out = append(w.out[:0], w.out[n:]...)
	return n, nil
}

// unit decodes one code unit.
func (w *wide) unit(c rune) {
	if w.pending != 0 {
		pair := utf16.DecodeRune(w.pending, c)
		w.pending = 0
		w.out = utf8.AppendRune(w.out, pair)
		if pair != utf8.RuneError {
			return
		}
	}
	if utf16.IsSurrogate(c) && c < 0xdc00 {
		w.pending = c
		return
	}
	w.out = utf8.AppendRune(w.out, c)
}

// lineEnds turns \r\n and \r into \n.
type lineEnds struct {
	r  *bufio.Reader
	cr bool // the last byte was \r
}

func (l *lineEnds) Read(p []byte) (int, error) {
	for {
		n, err := l.r.Read(p)
		out := p[:n]
		if l.cr || bytes.IndexByte(out, '\r') >= 0 {
			out = l.convert(p[:n])
		}
		if len(out) > 0 || err != nil || len(p) == 0 {
			return len(out), err
		}
	}
}

func (l *lineEnds) convert(p []byte) []byte {
	out := p[:0]
	for _, b := range p {
		switch {
		case b == '\r':
			out = append(out, '\n')
		case b != '\n' || !l.cr:
			out = append(out, b)
		}
		l.cr = b == '\r'
	}
	return out
}
