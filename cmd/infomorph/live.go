package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"infomorph/internal/guard"
	"infomorph/internal/live"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/run"
	"infomorph/scenarios/sweep"
)

// liveFlags are the flags of the live view.
type liveFlags struct {
	on, readOnly, paused, stay bool
	address, cert, key         string
	errors                     io.Writer
	server                     *live.Server  // nil: none
	watched                    *live.Session // the run that is served; nil: none
}

func (f *liveFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.on, "live", false, "show the run on a page, where it can be changed while it runs; prints the address, see docs/live.md")
	cmd.Flags().BoolVar(&f.paused, "live-paused", false, "with --live: begin paused")
	cmd.Flags().BoolVar(&f.stay, "live-stay", false, "with --live: show the page after the end of the run, too, until interrupted")
	cmd.Flags().BoolVar(&f.readOnly, "live-read-only", false, "with --live: the page can only watch")
	f.addPlace(cmd)
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		f.errors = cmd.ErrOrStderr()
		for _, name := range []string{"live-paused", "live-stay", "live-read-only", "live-address", "live-cert", "live-key"} {
			if !f.on && cmd.Flags().Changed(name) {
				return badInput(fmt.Errorf("--%s: has no effect without --live", name))
			}
		}
		return nil
	}
}

// addPlace adds the flags for the address and the certificate of the page.
func (f *liveFlags) addPlace(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.address, "live-address", "127.0.0.1:0", "address of the page; an address that is not loopback needs a certificate")
	cmd.Flags().StringVar(&f.cert, "live-cert", "", "file with the certificate of the page, PEM")
	cmd.Flags().StringVar(&f.key, "live-key", "", "file with its key, PEM")
}

// serve serves a session and prints the address.
func (f *liveFlags) serve(ctx context.Context, s *live.Session) (*live.Server, error) {
	srv, err := live.Serve(ctx, s, live.Listen{Address: f.address, Cert: f.cert, Key: f.key})
	if err != nil {
		return nil, badInput(fmt.Errorf("--live-address: %w", err))
	}
	f.server = srv
	fmt.Fprintln(f.errors, "live:", srv.URL())
	return srv, nil
}

// session returns a session for the runs of a scenario.
func (f *liveFlags) session(name string, files bool) *live.Session {
	return live.New(live.Options{Name: name, ReadOnly: f.readOnly, Paused: f.paused, CanCheckpoint: files, CanUndo: files,
		Log: f.tell})
}

// runLive runs a scenario with a page.
func (f *runFlags) runLive(ctx context.Context, s *run.Scenario, o run.Options) (*run.Result, error) {
	session := f.live.session(s.Name, !f.noFiles)
	f.live.watched = session
	if _, err := f.live.serve(context.WithoutCancel(ctx), session); err != nil {
		return nil, err
	}
	return runWatched(ctx, s, o, session)
}

// sweepLive runs the remaining runs of a sweep, with a page of all runs.
func (f *liveFlags) sweepLive(ctx context.Context, s *sweep.Sweep, o sweep.Options) error {
	fleet, session := live.NewFleet(live.Options{Name: s.Base.Name, Log: f.tell}, s.Results())
	if _, err := f.serve(context.WithoutCancel(ctx), session); err != nil {
		return err
	}
	o.Watch = func(r *design.Run, o *run.Options) func(*run.Result, error) {
		one := fleet.Begin(r.Index)
		o.Listener = one.Listener(journal.Listener{})
		o.Began = func(r *run.Running) {
			one.Begin(live.Watched{Scenario: r.Scenario.Scenario, Task: r.Task, Engine: r.Engine})
		}
		return func(res *run.Result, err error) { fleet.End(r.Index, err, scoresOf(res)) }
	}
	err := s.Run(ctx, o)
	session.End(err, nil)
	return err
}

// finish ends the page after the last messages. With --live-stay it ends the
// page only when the program is interrupted; until then it shows the finished
// run, as infomorph view does.
func (f *liveFlags) finish(ctx context.Context, r *run.Result) {
	if f.server == nil {
		return
	}
	defer func() { _ = f.server.Close() }() // pages notice the closed connection
	if !f.stay || ctx.Err() != nil {
		return
	}
	defer guard.Graceful(ctx)() // an interruption now ends only the page, not the run
	if r != nil && r.Dir != "" && f.watched != nil {
		over, end, err := f.over(r.Dir)
		if err != nil {
			f.tell("the page cannot show the finished run and stays as it is: " + err.Error())
		} else {
			defer end()
			f.watched.Hand(over)
		}
	}
	<-ctx.Done()
}

// over opens a finished run, which can be shown until end is called.
func (f *liveFlags) over(dir string) (s *live.Session, end func(), err error) {
	r, err := run.Over(dir)
	if err != nil {
		return nil, nil, err
	}
	s, err = live.View(dir, live.Watched{Scenario: r.Scenario.Scenario, Task: r.Task, Engine: r.Engine, Interventions: r.Interventions()},
		live.Options{Name: r.Scenario.Name, Log: f.tell})
	if err != nil {
		_ = r.Engine.Close()
		return nil, nil, record.Fault(err)
	}
	return s, func() { _ = r.Engine.Close() }, nil // the run was only read
}

// tell prints a message of the page on standard error.
func (f *liveFlags) tell(text string) { fmt.Fprintln(f.errors, "infomorph:", text) }

// runWatched runs a scenario with a session. When a viewer asks to go back, it
// runs it again from its last checkpoint.
func runWatched(ctx context.Context, s *run.Scenario, o run.Options, session *live.Session) (*run.Result, error) {
	began, ended, listener := o.Began, o.Ended, o.Listener
	if listener == nil {
		listener = &journal.Listener{}
	}
	for {
		life := session.Life(ctx)
		o.Listener = session.Listener(*listener)
		o.Began = func(r *run.Running) {
			w := live.Watched{Scenario: r.Scenario.Scenario, Task: r.Task, Engine: r.Engine, Interventions: r.Interventions()}
			if r.Dir != "" {
				w.Keep = r.Amend
			}
			session.Begin(w)
			if began != nil {
				began(r)
			}
			session.Wait()
		}
		o.Ended = func(r *run.Running) {
			if ended != nil && !errors.Is(context.Cause(life), run.ErrBack) {
				ended(r)
			}
		}
		res, err := run.Do(life, s, o)
		if res == nil || !errors.Is(context.Cause(life), run.ErrBack) || ctx.Err() != nil {
			session.End(err, scoresOf(res))
			return res, err
		}
		stopped, err := run.Open(res.Dir, run.OpenOptions{})
		if err != nil {
			session.End(err, nil)
			return res, err
		}
		s, o.From, o.Dir = stopped.Scenario, stopped, ""
		s.Room = room.available()
	}
}

func scoresOf(r *run.Result) map[string]float64 {
	if r == nil {
		return nil
	}
	return r.Scores.Values
}

func newViewCommand() *cobra.Command {
	var f liveFlags
	cmd := &cobra.Command{
		Use:   "view RUN",
		Short: "Show a finished run on a page, with a time slider",
		Long: "Show the results of a finished run on the page of the live view: spikes, what was presented, atoms,\n" +
			"rates and measures at any time of the run, and the weights at its end. Prints the address and\n" +
			"serves the page until interrupted.",
		Example: "  infomorph view runs/associative-memory/20260101T120000Z-1-0a1b2c3d",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.errors = cmd.ErrOrStderr()
			return f.view(cmd.Context(), args[0])
		},
	}
	f.addPlace(cmd)
	return cmd
}

// view serves the page of a finished run until the program is interrupted.
func (f *liveFlags) view(ctx context.Context, dir string) error {
	over, end, err := f.over(dir)
	if err != nil {
		return err
	}
	defer end()
	defer guard.Graceful(ctx)()
	srv, err := f.serve(context.WithoutCancel(ctx), over)
	if err != nil {
		return err
	}
	<-ctx.Done()
	return srv.Close()
}
