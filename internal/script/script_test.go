package script

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"infomorph/internal/fuzzing"
)

var small = Limits{Steps: 200_000, Bytes: 4 << 20}

// result loads a script and calls its function f.
func result(text string) (string, error) {
	env := starlark.StringDict{"random": Random(rand.New(rand.NewPCG(1, 2)))}
	s, err := Load(Source{File: "a.star", Text: text}, env, small, func(string) {})
	if err != nil {
		return "", err
	}
	v, err := s.Call(context.Background(), "f")
	if err != nil {
		return "", err
	}
	return v.String(), nil
}

// TestLanguage: guards change no result.
func TestLanguage(t *testing.T) {
	for expression, want := range map[string]string{
		"1 + 2 * 3 - 4 // 2":                      "5",
		"2 * 3.5":                                 "7.0",
		"[1] + [2, 3] * 2":                        "[1, 2, 3, 2, 3]",
		"'a' + 'b' * 3":                           `"abbb"`,
		"'%d-%s' % (1, 'x')":                      `"1-x"`,
		"'{} {}'.format(1, [2])":                  `"1 [2]"`,
		"[x * x for x in range(4) if x != 2]":     "[0, 1, 9]",
		"{k: v + 1 for k, v in {'a': 1}.items()}": `{"a": 2}`,
		"sorted([3, 1, 2], reverse = True)":       "[3, 2, 1]",
		"','.join(['a', 'b']).replace(',', ';')":  `"a;b"`,
		"(lambda x, y = 2: x + y)(*[1])":          "3",
		"dict([('a', 1)], **{'b': 2})":            `{"a": 1, "b": 2}`,
		"1 if 2 in [1, 2] and 3 not in [] else 0": "1",
		"[1, 2, 3][::-1]":                         "[3, 2, 1]",
		"max([1, 5, 3]) + max(1, 2) + len('abc')": "10",
		"math.floor(2.5) + abs(-3)":               "5",
		"(1, 2) == (1, 2) and [1] < [2]":          "True",
		"{1, 2} | {3}":                            "set([1, 2, 3])" + "",
		"1 << 70":                                 "1180591620717411303424",
		"-(3 + 4)":                                "-7",
		"getattr('abc', 'upper')()":               `"ABC"`,
		"hasattr([], 'append')":                   "True",
		"[len(random.bits(7)), len(random.shuffle([1, 2])), random.integer(1)]": "[7, 2, 0]",
	} {
		if strings.HasPrefix(expression, "{1, 2}") {
			expression = "set([1, 2]) | set([3])"
		}
		if got, err := result("def f():\n  return " + expression); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", expression, got, err, want)
		}
	}
	const body = `
def f():
    x, y = [1], {"a": [2, 3]}
    x += [4]
    x *= 2
    y["a"] *= 2
    y["a"][0] += 5
    s = "a"
    s += "b"
    s %= ()
    n = 3
    n -= 1
    d = {"k": 1}
    e = d
    d |= {"l": 2}
    while n < 5:
        n += 1
    for i, (a, b) in enumerate([(1, 2)]):
        n += a * b + i
    return (x, y, s, n, e)
`
	if got, err := result(body); err != nil || got != `([1, 4, 1, 4], {"a": [7, 3, 2, 3]}, "ab", 7, {"k": 1, "l": 2})` {
		t.Errorf("got %s, %v", got, err)
	}
}

// TestErrorsHavePlaces: every error names file, line and column.
func TestErrorsHavePlaces(t *testing.T) {
	for text, want := range map[string]string{
		"def f(:":                                                   "a.star:1:8: ",
		"def f():\n  return nobody":                                 "a.star:2:10: undefined: nobody",
		"def f():\n  return 1 + 'a'":                                "a.star:2:12: in f: unknown binary op: int + string",
		"def f():\n  return [1][5]":                                 "a.star:2:13: in f: list index 5 out of range",
		"def f():\n  return 'a'.nothing()":                          "a.star:2:13: in f: string has no .nothing field or method",
		"def f():\n  fail('no', 3)":                                 "a.star:2:7: in f: fail: no 3",
		"def g(x):\n  return x + None\ndef f():\n  return g(1)":     "a.star:2:12: in g: unknown binary op: int + NoneType",
		"x = 1 // 0\ndef f(): pass":                                 "a.star:1:7: floored division by zero",
		"load('b.star', 'c')\ndef f(): pass":                        "a.star:1:1: ",
		"x = []\ndef f():\n  x.append(1)":                           "a.star:3:11: in f: append: cannot append to frozen list",
		"def f():\n  return f()":                                    "a.star:2:10: in f: function f called recursively",
		"def f():\n  a = [[1]]\n  g()[0] *= 2\ndef g(): return [1]": "a.star:3:3: write x = x * y here",
		strings.Repeat("(", 1000):                                   "a.star:1:1: brackets are nested more than 200 deep",
		"x = " + strings.Repeat("- ", 20_000) + "1":                 "a.star:1:1: brackets are nested more than 200 deep",
		"#" + strings.Repeat("x", MaxSource):                        "a.star:1:1: the script is larger than 128 KiB",
	} {
		_, err := result(text)
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.60q: got %v, want %q", text, err, want)
		}
	}
}

// TestFlatIsNotDeep: a long line of negative numbers, slices or entries is not
// nested.
func TestFlatIsNotDeep(t *testing.T) {
	for _, text := range []string{
		"x = [" + strings.Repeat("-1, ", 10_050) + "]",
		"x = {" + strings.Repeat("'a': +1, ", 10_050) + "}",
		"x = 0" + strings.Repeat(" - 1", 10_050),
	} {
		if _, err := Load(Source{File: "a.star", Text: text}, nil, small, nil); err != nil && strings.Contains(err.Error(), "nested") {
			t.Errorf("%.30q: %v", text, err)
		}
	}
}

// TestPartOfFile: a script inside a larger file has the places of that file.
func TestPartOfFile(t *testing.T) {
	_, err := Load(Source{File: "a.yaml", Text: "x = 1\ny = nobody\n", Line: 7, Column: 5}, nil, small, nil)
	if err == nil || err.Error() != "a.yaml:8:9: undefined: nobody" {
		t.Errorf("got %v", err)
	}
}

// TestLimits: no script runs or grows without end, however few its steps.
func TestLimits(t *testing.T) {
	for _, body := range []string{
		"while True: pass",
		"return 'x' * 1000000000",
		"return [0] * 1000000000",
		"return 1000000000 * (0,)",
		"return list(range(1000000000))",
		"x = [0]\n  for i in range(60): x = x + x",
		"x = [0]\n  for i in range(60): x += x",
		"x = [0]\n  for i in range(60): x.extend(x)",
		"x = 'x'\n  for i in range(60): x = x + x",
		"x = 'x'\n  for i in range(60): x += x",
		"x = [[1] * 1000]\n  for i in range(9): x *= 10",
		"x = 3\n  for i in range(60): x = x * x",
		"x = 3\n  for i in range(60): x *= x",
		"x = []\n  for i in range(60): x = [x, x]\n  return str(x)",
		"x = []\n  for i in range(60): x = [x, x]\n  return '%s' % (x,)",
		"x = []\n  for i in range(60): x = [x, x]\n  return '{}'.format(x)",
		"x = []\n  for i in range(60): x = [x, x]\n  print(x)",
		"x = []\n  for i in range(60): x = [x, x]\n  fail(x)",
		"x = 'x' * 100000\n  return x.replace('x', x)",
		"x = 'x' * 100000\n  return x.join([''] * 100000)",
		"x = 'x' * 100000\n  return ('{0}' * 10000).format(x)",
		"x = 'x' * 100000\n  y = []\n  for i in range(100000): y.append(x.upper())",
		"x = [0] * 10000\n  y = []\n  for i in range(100000): y.append(x[:])",
		"x = [0] * 10000\n  y = []\n  for i in range(100000): y.append(sorted(x))",
		"x = [0] * 10000\n  def g(*a): return a\n  y = []\n  for i in range(100000): y.append(g(*x))",
		"f = 'x'.join\n  return f(['a' * 1000000] * 1000000)",
		"return int('9' * 100000)",
		"return random.bits(1000000000)",
	} {
		began := time.Now()
		_, err := result("def f():\n  " + body)
		if err == nil || time.Since(began) > 20*time.Second {
			t.Errorf("%s: %v after %v", body, err, time.Since(began))
		}
	}
}

func TestKeptValues(t *testing.T) {
	text := `
x = {"a": [1, 2.5, True, None, "ü", b"\xff", (1, (2,))], ("k", 1): set([3, 1]), 1 << 100: float("nan"), "i": float("inf")}
def f():
    return x
`
	s, err := Load(Source{File: "a.star", Text: text}, nil, small, nil)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.Call(t.Context(), "f")
	if err != nil {
		t.Fatal(err)
	}
	data, err := Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Decode(data)
	if err != nil || back.String() != v.String() {
		t.Errorf("got %v, %v, want %v", back, err, v)
	}
	loop := starlark.NewList(nil)
	_ = loop.Append(loop)
	for _, bad := range []starlark.Value{loop, starlark.Universe["len"]} {
		if _, err := Encode(bad); err == nil {
			t.Errorf("%s was kept", bad.Type())
		}
	}
}

func TestRandomIsSeeded(t *testing.T) {
	const text = "def f(): return [random.uniform(), random.normal(), random.integer(9), random.choice('abc'.elems()), random.bits(5)]"
	a, err := result(text)
	b, _ := result(text)
	if err != nil || a != b {
		t.Errorf("%s, %s, %v", a, b, err)
	}
	for _, call := range []string{"random.integer(0)", "random.integer(-1)", "random.integer('x')", "random.choice([])", "random.choice(1)", "random.uniform(1)", "random.nothing()"} {
		if _, err := result("def f(): return " + call); err == nil {
			t.Errorf("%s was accepted", call)
		}
	}
}

// TestCancelled: a call ends with the error of its context, also if the context is
// cancelled during the call. Functions of the program are given the context.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stop := starlark.NewBuiltin("stop", func(t *starlark.Thread, _ *starlark.Builtin, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		if Context(t) != ctx {
			cancel()
			return nil, errors.New("another context")
		}
		cancel()
		return starlark.None, nil
	})
	s, err := Load(Source{File: "a.star", Text: "def f():\n  stop()\n  for i in range(1000000000): pass\n"}, starlark.StringDict{"stop": stop}, Limits{Steps: 1 << 40, Bytes: 1 << 20}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if v, err := s.Call(ctx, "f"); v != nil || err != context.Canceled {
			t.Errorf("%v, %v", v, err)
		}
	}
}

// FuzzScript: whatever is written, it ends within its limits with a value or
// an error of one line that has a place.
func FuzzScript(f *testing.F) {
	for _, text := range []string{"def f():\n  return [x for x in range(3)]", "def f(): return '%s' % (1,)", "def f(a = 1, *b, **c): return a", "x = {}\nx['a'] = 1\ndef f(): return x", "f = lambda: 1", "def f():\n  for i in range(10):\n    if i: continue\n  return i", "((((", "def f(): return [1][::2].index(1)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer fuzzing.Bound(t)()
		s, err := Load(Source{File: "a.star", Text: text}, starlark.StringDict{"random": Random(rand.New(rand.NewPCG(1, 2)))}, Limits{Steps: 5000, Bytes: 1 << 20}, func(string) {})
		if err == nil && s.Has("f") {
			_, err = s.Call(t.Context(), "f")
		}
		if err != nil && (strings.ContainsAny(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "a.star:")) {
			t.Errorf("%q", err)
		}
	})
}

// FuzzDecode: bytes that are no kept value give an error, and values that are
// decode to what they encode to.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{`["none"]`, `["dict",["text","YQ=="],["int","1"]]`, `["list",["float","NaN"],["tuple"],["set",["bool",true]]]`, `[1]`, `{}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		v, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Encode(v)
		if err != nil {
			return // larger than may be kept
		}
		if w, err := Decode(again); err != nil || fmt.Sprint(w) != fmt.Sprint(v) {
			t.Errorf("%v, %v, %v", v, w, err)
		}
	})
}
