package npy

import (
	"bytes"
	"encoding/json"
	"math"
	"os/exec"
	"strings"
	"testing"

	"infomorph/internal/fuzzing"
)

// file returns a .npy file.
func file(header, body string) string {
	return Magic + "\x01\x00" + string([]byte{byte(len(header)), byte(len(header) >> 8)}) + header + body
}

func head(descr, shape string) string {
	return "{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n"
}

// TestTypes: one value of each type, as numpy 1.24 writes it.
func TestTypes(t *testing.T) {
	for _, c := range []struct{ descr, body, want string }{
		{"'<f8'", "\x00\x00\x00\x00\x00\x00\x04\x40", "2.5"},
		{"'>f8'", "\x40\x04\x00\x00\x00\x00\x00\x00", "2.5"},
		{"'<f4'", "\x00\x00\x20\x40", "2.5"},
		{"'<f2'", "\x00\x41", "2.5"},
		{"'<f2'", "\x01\x00", "5.960464477539063e-08"},
		{"'<f2'", "\x00\xfc", "-Inf"},
		{"'<i8'", "\x01\x00\x00\x00\x00\x00\x20\x00", "9007199254740993"},
		{"'>i4'", "\xff\xff\xff\xfd", "-3"},
		{"'<i2'", "\xfd\xff", "-3"},
		{"'|i1'", "\xfd", "-3"},
		{"'<u8'", "\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615"},
		{"'<u4'", "\xff\xff\xff\xff", "4294967295"},
		{"'>u2'", "\x00\x03", "3"},
		{"'|u1'", "\x03", "3"},
		{"'|b1'", "\x01", "1"},
		{"'|S3'", "ab\x00", "ab"},
		{"'<U2'", "\xe9\x00\x00\x00b\x00\x00\x00", "éb"},
	} {
		a, err := ReadArray(strings.NewReader(file(head(c.descr, "(1,)"), c.body)), 1)
		if err != nil || a.Values[0].String() != c.want {
			t.Errorf("%s: %+v, %v, want %s", c.descr, a, err, c.want)
		}
	}
}

func TestFortranOrder(t *testing.T) {
	header := strings.Replace(head("'|u1'", "(2, 3)"), "False", "True", 1)
	a, err := ReadArray(strings.NewReader(file(header, "\x00\x03\x01\x04\x02\x05")), 6)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range a.Values {
		if v.Int != int64(i) {
			t.Fatalf("%v", a.Values)
		}
	}
}

func TestRecords(t *testing.T) {
	h, err := ReadHeader(strings.NewReader(file(head(`[('s', '<i2'), ('who', '<U1')]`, "(1,)"), "")))
	if err != nil || len(h.Fields) != 2 || h.Fields[1].Name != "who" || h.Size() != 6 {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "not a .npy file",
		Magic + "\x01\x00\xff\xff{}":     "ends inside its header",
		file("{}", ""):                   "damaged",
		file(head("'|O'", "(1,)"), ""):   "pickle",
		file(head("'<c16'", "(1,)"), ""): "not read",
		file(head("'<f3'", "(1,)"), ""):  "not read",
		file(head("[('a', [('b', '<i2')])]", "(1,)"), ""):           "nested",
		file(head("'<f8'", "(99999999999999999999,)"), ""):          "too large",
		file(head("'<f8'", "(999999999, 999999999, 99999999)"), ""): "expected at most",
		file(head("'<f8'", "(2,)"), "short"):                        "after 0 of 2",
	} {
		if _, err := ReadArray(strings.NewReader(text), 10); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := OpenArchive([]byte("PK\x03\x04,1,2,3")); err == nil {
		t.Error("a damaged archive is accepted")
	}
}

// archive writes arrays of every kind.
func archive(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	a := NewArchiveWriter(&b)
	for name, write := range map[string]func(name string) error{
		"f": func(n string) error { w, _ := a.Create(n); return WriteNumbers(w, []float64{1.5, math.NaN()}, 2) },
		"i": func(n string) error { w, _ := a.Create(n); return WriteNumbers(w, []int64{math.MaxInt64, -1}, 2) },
		"u": func(n string) error { w, _ := a.Create(n); return WriteNumbers(w, []uint8{1, 2, 3, 4}, 2, 2) },
		"s": func(n string) error { w, _ := a.Create(n); return WriteTexts(w, []string{"é𝄞", ""}) },
	} {
		if err := write(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchive(t *testing.T) {
	a, err := OpenArchive(archive(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"f": "1.5", "i": "9223372036854775807", "u": "1", "s": "é𝄞"} {
		r, err := a.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		v, err := ReadArray(r, 10)
		if err != nil || v.Values[0].String() != want {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
	if _, err := a.Open("x"); err == nil {
		t.Error("an array that is not there is opened")
	}
}

// TestNumPyReadsWhatWeWrite, where it is installed.
func TestNumPyReadsWhatWeWrite(t *testing.T) {
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(python, "-c", "import numpy").Run() != nil {
			continue
		}
		cmd := exec.Command(python, "-c", `
import sys, io, json, numpy
z = numpy.load(io.BytesIO(sys.stdin.buffer.read()))
print(json.dumps({k: [str(z[k].dtype), z[k].shape, z[k].astype(str).tolist()] for k in z}))`)
		cmd.Stdin = bytes.NewReader(archive(t))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(got)
		want := `{"f":["float64",[2],["1.5","nan"]],"i":["int64",[2],["9223372036854775807","-1"]],"s":["\u003cU2",[2],["é𝄞",""]],"u":["uint8",[2,2],[["1","2"],["3","4"]]]}`
		if string(text) != want {
			t.Errorf("NumPy read %s, want %s", text, want)
		}
		return
	}
	t.Skip("no Python with NumPy (Debian: python3-numpy)")
}

// FuzzReadArray: no bytes panic.
func FuzzReadArray(f *testing.F) {
	f.Add([]byte(file(head("'<f8'", "(1,)"), "12345678")))
	f.Add([]byte(file(head("[('s', '<i2'), ('who', '<U1')]", "(1,)"), "123456")))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		_, _ = ReadArray(bytes.NewReader(data), 1000)
		if a, err := OpenArchive(data); err == nil {
			for _, name := range a.Names {
				if r, err := a.Open(name); err == nil {
					_, _ = ReadArray(r, 1000)
				}
			}
		}
	})
}
