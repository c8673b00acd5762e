package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"infomorph/internal/live"
	"infomorph/scenarios/run"
)

func newServeCommand() *cobra.Command {
	var stdio bool
	cmd := &cobra.Command{
		Use:   "serve --stdio",
		Short: "Run scenarios for another program, which sends commands as lines of JSON",
		Long: "Run scenarios for another program: commands come on standard input, answers go to standard\n" +
			"output, one JSON object per line, each with the id of its command. run starts a scenario; pause,\n" +
			"go, step, speed, touch, checkpoint, undo, stop, status, scenario and item are the commands of the\n" +
			"live page; watch sends the state of the run again and again; results waits for its end. The end\n" +
			"of the input stops the run; it can be resumed. See docs/live.md; infomorph export\n" +
			"--client python prints a client.",
		Example: "  echo '{\"id\":1,\"do\":\"run\",\"scenario\":\"memory-50\",\"out\":\"results\"}' | infomorph serve --stdio",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !stdio {
				return badInput(errors.New("--stdio is required: there is no other connection"))
			}
			s := &stdioServer{out: json.NewEncoder(cmd.OutOrStdout())}
			return s.serve(cmd.Context(), cmd.InOrStdin())
		},
	}
	cmd.Flags().BoolVar(&stdio, "stdio", false, "commands on standard input, answers on standard output")
	return cmd
}

// stdioServer runs one scenario at a time.
type stdioServer struct {
	mu      sync.Mutex // guards out
	out     *json.Encoder
	session *live.Session
	done    chan struct{} // closed when the run is over
	stop    context.CancelFunc
	results outcome
	watches sync.WaitGroup
}

// order is a command for the server, or for the present run.
type order struct {
	live.Command
	Scenario string   `json:"scenario"`
	Seed     *uint64  `json:"seed"`
	Set      []string `json:"set"`
	Out      string   `json:"out"`
	NoFiles  bool     `json:"no_files"`
	Paused   bool     `json:"paused"`
	Actors   string   `json:"actors"`
	EveryMS  int      `json:"every_ms"`
}

// outcome is how a run ended.
type outcome struct {
	ID        int64              `json:"id"`
	OK        bool               `json:"ok"`
	Error     string             `json:"error,omitempty"`
	StateHash string             `json:"state_hash,omitempty"`
	Scores    map[string]float64 `json:"scores,omitempty"`
	Results   string             `json:"results,omitempty"`
}

// maxOrder is the longest line of standard input [bytes].
const maxOrder = 2 << 20

func (s *stdioServer) serve(ctx context.Context, in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 1<<16), maxOrder)
	for lines.Scan() && ctx.Err() == nil {
		var o order
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			s.fail(o.ID, fmt.Errorf("expected a command as JSON: %w", err))
			continue
		}
		s.order(ctx, o)
	}
	if s.done != nil {
		s.stop()
		<-s.done
	}
	s.watches.Wait()
	if err := lines.Err(); err != nil {
		return badInput(fmt.Errorf("standard input: %w", err))
	}
	return nil
}

func (s *stdioServer) tell(v any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.out.Encode(v) // a reader that has gone needs no answer
}

func (s *stdioServer) fail(id int64, err error) {
	s.tell(live.Reply{ID: id, Error: message(err)})
}

func (s *stdioServer) order(ctx context.Context, o order) {
	switch {
	case o.Do == "run":
		if err := s.begin(ctx, &o); err != nil {
			s.fail(o.ID, err)
			return
		}
		s.tell(live.Reply{ID: o.ID, OK: true})
	case s.session == nil:
		s.fail(o.ID, fmt.Errorf("do: got %q, expected run first", o.Do))
	case o.Do == "results":
		s.watches.Go(func() {
			<-s.done
			r := s.results
			r.ID = o.ID
			s.tell(r)
		})
	case o.Do == "watch":
		s.watches.Go(func() { s.watch(s.session, s.done, &o) })
	default:
		s.session.Do(o.Command, func(r live.Reply) { s.tell(r) })
	}
}

// news is a message to a watcher.
type news struct {
	ID       int64              `json:"id"`
	Watch    *live.Status       `json:"watch"`
	Measures map[string]float64 `json:"measures"`
}

func (s *stdioServer) watch(session *live.Session, done chan struct{}, o *order) {
	t := time.NewTicker(time.Duration(max(o.EveryMS, 40)) * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-done:
			s.tell(news{o.ID, session.Status(), session.Latest()})
			return
		case <-t.C:
			s.tell(news{o.ID, session.Status(), session.Latest()})
		}
	}
}

// begin starts a run. It returns when the run is paused at its beginning, or in
// progress.
func (s *stdioServer) begin(ctx context.Context, o *order) error {
	if s.done != nil {
		select {
		case <-s.done:
		default:
			return errors.New("run: another run is in progress; stop it, or wait for its results")
		}
	}
	sets := o.Set
	if o.Seed != nil {
		sets = append(sets, fmt.Sprint("seed=", *o.Seed))
	}
	sc, err := loadScenario(o.Scenario, sets...)
	if err != nil {
		return err
	}
	began := make(chan struct{})
	opts := run.Options{Dir: o.Out, NoFiles: o.NoFiles, CSV: true, Engine: run.Engine{Kind: o.Actors}, CheckpointEvery: time.Minute, Command: os.Args, Logger: runLogger}
	var once sync.Once
	opts.Began = func(*run.Running) { once.Do(func() { close(began) }) }
	session := live.New(live.Options{Name: sc.Name, Paused: o.Paused, CanCheckpoint: !o.NoFiles, CanUndo: !o.NoFiles})
	ctx, s.stop = context.WithCancel(ctx)
	done := make(chan struct{})
	var early error
	go func() {
		defer close(done)
		res, err := runWatched(ctx, sc, opts, session)
		early = err
		s.results = outcomeOf(res, err)
	}()
	select {
	case <-began:
	case <-done:
		if early != nil {
			return early
		}
	}
	s.session, s.done = session, done
	return nil
}

func outcomeOf(res *run.Result, err error) outcome {
	o := outcome{OK: err == nil}
	if err != nil {
		o.Error = message(err)
	}
	if res != nil {
		o.StateHash, o.Scores, o.Results = res.Final.StateHash, res.Scores.Values, res.Dir
	}
	return o
}
