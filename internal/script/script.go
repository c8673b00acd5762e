package script

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.starlark.net/lib/math"
	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// MaxSource is the largest text of a script [bytes], which also limits the
// depth of the parser.
const MaxSource = 128 << 10

// maxNesting is the largest nesting of brackets.
const maxNesting = 200

// Source is the text of a script and its position in a file.
type Source struct {
	File string
	Text string
	// Line and Column are the position at which the text begins if it is part
	// of a larger file; 0 is the beginning of the file. Every line of the text
	// begins at Column.
	Line, Column int
}

// Limits are the limits of one call of a script.
type Limits struct {
	Steps int64 // of the interpreter
	Bytes int64 // allocated by operators and functions, even if not in use any more
}

// Error is an error of a script with its position.
type Error struct {
	File         string
	Line, Column int
	Msg          string
	// Function is the function around the position, "" if there is none.
	Function string
}

// Error returns the error on one line.
func (e *Error) Error() string {
	msg := e.Msg
	if e.Function != "" {
		msg = "in " + e.Function + ": " + msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, msg)
}

// Script is a script that has been loaded.
type Script struct {
	src     Source
	limits  Limits
	globals starlark.StringDict
	print   func(string)
}

// Load compiles a script and runs its top level, which may use the names in
// env. say is called with what the script prints.
func Load(src Source, env starlark.StringDict, limits Limits, say func(string)) (*Script, error) {
	s := &Script{src: src, limits: limits, print: say}
	all := starlark.StringDict{"math": math.Module}
	for name, v := range env {
		all[name] = v
	}
	for name, v := range guards {
		all[name] = v
	}
	program, err := compile(src, all.Has)
	if err != nil {
		return nil, s.place(err)
	}
	s.globals, err = program.Init(s.thread(), all)
	s.globals.Freeze()
	return s, s.place(err)
}

// Check compiles a script that may use the given names, and does not run it.
// It returns the names of its functions.
func Check(src Source, names []string) ([]string, error) {
	known := map[string]bool{"math": true}
	for _, name := range names {
		known[name] = true
	}
	for name := range guards {
		known[name] = true
	}
	f, err := parse(src)
	if err == nil {
		_, err = starlark.FileProgram(f, func(name string) bool { return known[name] })
	}
	if err != nil {
		return nil, (&Script{src: src}).place(err)
	}
	var defined []string
	for _, stmt := range f.Stmts {
		if def, ok := stmt.(*syntax.DefStmt); ok {
			defined = append(defined, def.Name.Name)
		}
	}
	return defined, nil
}

func compile(src Source, known func(string) bool) (*starlark.Program, error) {
	f, err := parse(src)
	if err != nil {
		return nil, err
	}
	return starlark.FileProgram(f, known)
}

// options is the dialect: loops and conditions anywhere, and sets, but no
// recursion, as usual in Starlark.
var options = &syntax.FileOptions{Set: true, While: true, TopLevelControl: true, GlobalReassign: true}

// parse returns the syntax tree of a script with its guards.
func parse(src Source) (*syntax.File, error) {
	if len(src.Text) > MaxSource {
		return nil, fmt.Errorf("the script is larger than %d KiB", MaxSource>>10)
	}
	if nesting(src.Text) > maxNesting {
		return nil, fmt.Errorf("brackets are nested more than %d deep", maxNesting)
	}
	f, err := options.Parse(src.File, syntax.FilePortion{Content: []byte(src.Text), FirstLine: int32(max(src.Line, 1)), FirstCol: 1}, 0)
	if err != nil {
		return nil, err
	}
	var g guard
	g.stmts(f.Stmts)
	return f, g.err
}

// nesting returns how deep brackets are nested. Signs one after another count
// too, because they are nested in the syntax tree, but with less weight because
// they cost far less.
func nesting(text string) int {
	depth, most, signs := 0, 0, 0
	for _, c := range text {
		switch c {
		case '-', '+', '~':
			signs++
		case ' ', '\t', '\\', '\r', '\n': // allowed between two signs
		default:
			signs = 0
		}
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(depth-1, 0)
		}
		most = max(most, min(depth, maxNesting+1)+signs/50)
	}
	return most
}

// Has reports whether the script defines a function of that name.
func (s *Script) Has(name string) bool {
	_, ok := s.globals[name].(*starlark.Function)
	return ok
}

// Call calls a function of the script. It ends with the error of the context if that is
// cancelled.
func (s *Script) Call(ctx context.Context, name string, args ...starlark.Value) (starlark.Value, error) {
	f, ok := s.globals[name].(*starlark.Function)
	if !ok {
		return nil, fmt.Errorf("%s: there is no function %s", s.src.File, name)
	}
	t := s.thread()
	t.SetLocal(contextKey, ctx)
	defer context.AfterFunc(ctx, func() { t.Cancel(ctx.Err().Error()) })()
	v, err := starlark.Call(t, f, args, nil)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return v, s.place(err)
}

const contextKey = "context"

// Context returns the context of the Call in which the script calls a function of the
// program.
func Context(t *starlark.Thread) context.Context {
	if ctx, ok := t.Local(contextKey).(context.Context); ok {
		return ctx
	}
	return context.Background() // at the top level, while it is loaded
}

func (s *Script) thread() *starlark.Thread {
	t := &starlark.Thread{Name: s.src.File, Print: func(_ *starlark.Thread, msg string) { s.print(msg) }}
	t.SetMaxExecutionSteps(uint64(s.limits.Steps))
	t.OnMaxSteps = func(t *starlark.Thread) {
		t.Cancel(fmt.Sprintf("more than %d steps in one call", s.limits.Steps))
	}
	t.SetLocal(budgetKey, &budget{left: s.limits.Bytes, all: s.limits.Bytes})
	return t
}

// place adds the position in the source to an error of the interpreter.
func (s *Script) place(err error) error {
	var eval *starlark.EvalError
	var bad resolve.ErrorList
	var syn syntax.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &eval):
		for i := len(eval.CallStack) - 1; i >= 0; i-- {
			if frame := eval.CallStack[i]; frame.Pos.Filename() == s.src.File {
				return s.at(frame.Pos, eval.Msg, frame.Name)
			}
		}
		return s.at(syntax.Position{}, eval.Msg, "")
	case errors.As(err, &bad):
		return s.at(bad[0].Pos, bad[0].Msg, "")
	case errors.As(err, &syn):
		return s.at(s.lineEnd(syn), syn.Msg, "")
	}
	return s.at(syntax.Position{}, err.Error(), "")
}

// lineEnd returns the position of a syntax error. If a line ends too early, it
// is the end of this line, not the begin of the next.
func (s *Script) lineEnd(e syntax.Error) syntax.Position {
	first := int32(max(s.src.Line, 1))
	lines := strings.Split(s.src.Text, "\n")
	if at := e.Pos.Line - first - 1; strings.HasPrefix(e.Msg, "got newline") && e.Pos.Col == 1 && at >= 0 && int(at) < len(lines) {
		e.Pos.Line--
		e.Pos.Col = int32(len(strings.TrimRight(lines[at], " \t\r")) + 1)
	}
	return e.Pos
}

func (s *Script) at(pos syntax.Position, msg, function string) error {
	e := &Error{File: s.src.File, Line: int(pos.Line), Column: int(pos.Col), Msg: oneLine(msg), Function: function}
	if e.Line == 0 {
		e.Line, e.Column = max(s.src.Line, 1), 1
	}
	e.Column += max(s.src.Column-1, 0)
	if function == "<toplevel>" {
		e.Function = ""
	}
	e.Msg = strings.TrimPrefix(e.Msg, "Starlark computation cancelled: ")
	return e
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
