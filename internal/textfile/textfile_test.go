package textfile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"

	"infomorph/internal/fuzzing"
)

const sample = "é𝄞,b\n\"x\ny\", c d \n"

func utf16Of(s string, order binary.AppendByteOrder, mark bool) []byte {
	var out []byte
	if mark {
		out = order.AppendUint16(out, 0xfeff)
	}
	for _, u := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

// TestDecode: one text, however it was encoded and its lines ended.
func TestDecode(t *testing.T) {
	for name, data := range map[string][]byte{
		"plain":          []byte(sample),
		"BOM":            []byte("\ufeff" + sample),
		"CRLF":           []byte(strings.ReplaceAll(sample, "\n", "\r\n")),
		"CR":             []byte(strings.ReplaceAll(sample, "\n", "\r")),
		"UTF-16 LE":      utf16Of(sample, binary.LittleEndian, true),
		"UTF-16 BE CRLF": utf16Of(strings.ReplaceAll(sample, "\n", "\r\n"), binary.BigEndian, true),
	} {
		for _, r := range []io.Reader{bytes.NewReader(data), iotest.OneByteReader(bytes.NewReader(data))} {
			got, err := io.ReadAll(Decode(r))
			if err != nil || string(got) != sample {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		if got, err := io.ReadAll(Decode(bytes.NewReader(utf16Of("ab,c\n", order, false)))); err != nil || string(got) != "ab,c\n" {
			t.Errorf("UTF-16 without a mark: %q, %v", got, err)
		}
	}
	if got, _ := io.ReadAll(Decode(strings.NewReader("a\r\r\nb\r"))); string(got) != "a\n\nb\n" {
		t.Errorf("mixed line ends: %q", got)
	}
}

func TestUnpack(t *testing.T) {
	var gz, zst bytes.Buffer
	w := gzip.NewWriter(&gz)
	_, _ = w.Write([]byte(sample))
	_ = w.Close()
	z, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = z.Write([]byte(sample))
	_ = z.Close()
	bz := "BZh91AY&SY\x19\x31\x65\x3d\x00\x00\x00\x81\x00\x02\x44\xa0\x00\x21\x9a\x68\x33\x4d\x07\x33\x8b\xb9\x22\x9c\x28\x48\x0c\x98\xb2\x9e\x80"
	for name, data := range map[string]string{"gzip": gz.String(), "zstd": zst.String(), "plain": sample} {
		r, err := Unpack(strings.NewReader(data))
		if err != nil {
			t.Fatal(name, err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != sample {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if r, err := Unpack(strings.NewReader(bz)); err != nil {
		t.Error(err)
	} else if got, err := io.ReadAll(r); string(got) != "hello" || err != nil {
		t.Errorf("bzip2: %q, %v", got, err)
	}
	var tar bytes.Buffer
	w = gzip.NewWriter(&tar)
	_, _ = w.Write(append(append(make([]byte, 257), "ustar"...), make([]byte, 1000)...))
	_ = w.Close()
	for data, want := range map[string]string{"\xfd7zXZ\x00....": "xz", tar.String(): "tar", "\x1f\x8bxxxxxxxxxxx": "gzip"} {
		if _, err := Unpack(strings.NewReader(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", data[:4], err, want)
		}
	}
	for name, want := range map[string]string{"a.csv.gz": "a.csv", "b.ZST": "b", "c.csv": "c.csv"} {
		if Stem(name) != want {
			t.Errorf("%s: %s", name, Stem(name))
		}
	}
}

func TestFields(t *testing.T) {
	q := func(s ...string) (f []Field) { // 'x' is quoted
		for _, s := range s {
			f = append(f, Field{strings.Trim(s, "'"), strings.HasPrefix(s, "'")})
		}
		return f
	}
	for _, c := range []struct {
		text string
		sep  byte
		want []Field
	}{
		{`a,b`, ',', q("a", "b")},
		{` a , b ,`, ',', q("a", "b", "")},
		{`"a", "b"`, ',', q("'a'", "'b'")},
		{`"a" ,b`, ',', q("'a'", "b")},
		{`"a,b","c""d",`, ',', q("'a,b'", `'c"d'`, "")},
		{`5" pipe,b`, ',', q(`5" pipe`, "b")},
		{"a\t\tb", '\t', q("a", "", "b")},
		{"  a \t b  ", Blanks, q("a", "b")},
		{`"New York" 1`, Blanks, q("'New York'", "1")},
		{`"" x`, Blanks, []Field{{"", true}, {"x", false}}},
	} {
		got, err := (&Lines{}).Fields(c.text, c.sep)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %v, %v", c.text, got, err)
		}
	}
	for text, want := range map[string]string{`"a"b,c`: "closing quote", `a,"b`: "line 1 are not closed"} {
		l := NewLines(strings.NewReader(text), 100)
		line, _ := l.Next()
		if _, err := l.Fields(line, ','); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestLineNumbers: blank lines and lines inside quotes count.
func TestLineNumbers(t *testing.T) {
	l := NewLines(strings.NewReader("a\n\n\"b\nc\",d\ne\n"+strings.Repeat("x", 200)), 100)
	var got []int
	for {
		text, ok := l.Next()
		if !ok {
			break
		}
		got = append(got, l.Number)
		if _, err := l.Fields(text, ','); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(got, []int{1, 3, 5}) {
		t.Error(got)
	}
	if line, err := l.Err(); line != 6 || err == nil {
		t.Error("the long line:", line, err)
	}
}

// TestQuote: a field that holds any character that may be taken for the separator is
// quoted, whatever the separator is.
func TestQuote(t *testing.T) {
	for in, want := range map[string]string{"": "", "a b": "a b", "||": `"||"`, "a;b": `"a;b"`, "a\tb": "\"a\tb\"", "a,b": `"a,b"`, "#1": `"#1"`, "5%": `"5%"`, `a"b`: `"a""b"`, " a": `" a"`, "a": "a"} {
		if got := Quote(in, ','); got != want {
			t.Errorf("%q is written %s, want %s", in, got, want)
		}
	}
	if got := Quote("a b", Blanks); got != `"a b"` {
		t.Error(got)
	}
}

// FuzzFields: what Quote writes, Fields reads; no text makes it fail to end.
func FuzzFields(f *testing.F) {
	f.Add("a b", `"q" # x`, byte(','))
	f.Fuzz(func(t *testing.T, a, b string, sep byte) {
		defer fuzzing.Bound(t)()
		_, _ = (&Lines{}).Fields(a, sep)
		if sep = ",;\t| "[sep%5]; strings.Contains(a+b, "\r") || a == "" || b == "" || len(a)+len(b) > 1000 {
			return
		}
		l := NewLines(strings.NewReader(Quote(a, sep)+string([]byte{sep})+Quote(b, sep)), 1<<20)
		text, ok := l.Next()
		if !ok {
			return
		}
		fields, err := l.Fields(text, sep)
		if err != nil || len(fields) != 2 || fields[0].Text != a || fields[1].Text != b {
			t.Errorf("%q %q apart by %q came back as %v, %v", a, b, sep, fields, err)
		}
	})
}

// TestLongestLine: a line may have as many bytes as the limit and no more, its end
// not counted, also where it is the last and has none.
func TestLongestLine(t *testing.T) {
	for text, want := range map[string]string{
		"abc\nabcd\n": "", "abcd": "", "abcd\n": "", "abcde": "the line is longer than 4 bytes", "abcde\n": "the line is longer than 4 bytes", "a\nabcde\n": "the line is longer than 4 bytes",
	} {
		l := NewLines(strings.NewReader(text), 4)
		last := ""
		for text, ok := l.Next(); ok; text, ok = l.Next() {
			last = text
		}
		line, err := l.Err()
		if want == "" && (err != nil || last != "abcd") {
			t.Errorf("%q: %q, %v", text, last, err)
		}
		if want != "" && (err == nil || err.Error() != want || line != strings.Count(last, "a")+1) {
			t.Errorf("%q: line %d: %v", text, line, err)
		}
	}
}

// TestHalfALine: if reading fails in the middle of a line, the line is not
// returned, and the error has its number.
func TestHalfALine(t *testing.T) {
	gone := errors.New("the disk is gone")
	l := NewLines(io.MultiReader(strings.NewReader("a,b\nc,d\ne,"), iotest.ErrReader(gone)), 100)
	for _, want := range []string{"a,b", "c,d"} {
		if text, ok := l.Next(); !ok || text != want {
			t.Errorf("%q, %v; want %q", text, ok, want)
		}
	}
	text, ok := l.Next()
	if line, err := l.Err(); ok || line != 3 || !errors.Is(err, gone) {
		t.Errorf("%q, line %d: %v", text, line, err)
	}
}
