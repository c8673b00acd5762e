package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"infomorph/internal/config"
	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/scenarios"
	"infomorph/scenarios/run"
)

func newListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the built-in scenarios",
		Example: "  infomorph list",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			type entry struct {
				Name        string `json:"name"`
				Description string `json:"description"`
			}
			var all []entry
			for _, name := range scenarios.BuiltinNames() {
				text, _ := scenarios.Builtin(name)
				s, err := scenarios.Load(name, bytes.NewReader(text))
				if err != nil {
					return err
				}
				all = append(all, entry{name, s.Description})
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(all)
			}
			tw := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, e := range all {
				fmt.Fprintf(tw, "%s\t%s\n", e.Name, firstSentence(e.Description))
			}
			return tw.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func firstSentence(s string) string {
	if i := strings.Index(s, ". "); i >= 0 {
		return s[:i+1]
	}
	return s
}

func completeScenario(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return scenarios.BuiltinNames(), cobra.ShellCompDirectiveDefault
}

// validity is the JSON output of infomorph validate.
type validity struct {
	File     string          `json:"file"`
	Valid    bool            `json:"valid"`
	Neurons  int             `json:"neurons,omitempty"`
	Channels int             `json:"channels,omitempty"`
	Synapses int             `json:"synapses,omitempty"`
	About    bool            `json:"about,omitempty"` // Synapses is the expected number; they were not built
	EpochUS  int64           `json:"epoch_us,omitempty"`
	Notes    []string        `json:"notes,omitempty"`
	Errors   []*config.Error `json:"errors,omitempty"`
}

// printFaults writes the faults of a scenario as JSON.
func printFaults(w io.Writer, name string, err error) error {
	v := validity{File: name}
	if faults := new(config.Errors); errors.As(err, &faults) {
		v.Errors = faults.List
	} else {
		v.Errors = []*config.Error{{Pos: config.Pos{File: name}, Problem: err.Error()}}
	}
	return json.NewEncoder(w).Encode(v)
}

// checkedTask loads a scenario and checks its task. It does not build the
// synapses of a large network; then it returns its forecast, otherwise nil.
func checkedTask(name string, sets ...string) (*run.Scenario, scenarios.Task, *forecast, error) {
	s, err := loadScenario(name, sets...)
	if err != nil {
		return nil, nil, nil, err
	}
	large, err := untried(s)
	if err != nil {
		return nil, nil, nil, err
	}
	s.Bare = large != nil
	task, err := scenarios.NewTask(s.Scenario, s.Folder)
	return s, task, large, badInput(err)
}

func validityOf(name string, task scenarios.Task, large *forecast) validity {
	v := validity{File: name, Valid: true, Notes: scenarios.Notes(task)}
	if large != nil {
		v.Neurons, v.Channels, v.Synapses, v.About = large.Neurons, large.Channels, int(large.Synapses), true
		return v
	}
	net := task.Network()
	v.Neurons, v.Channels, v.Synapses, v.EpochUS = net.NumNeurons(), net.NumChannels(), net.NumSynapses(), int64(net.Width())
	return v
}

// String returns the output of infomorph validate for people.
func (v validity) String() string {
	if v.About {
		return fmt.Sprintf("%s: valid: %d neurons, %d channels, about %d synapses; they were not built for this check because there are so many", v.File, v.Neurons, v.Channels, v.Synapses)
	}
	return fmt.Sprintf("%s: valid: %d neurons, %d channels, %d synapses, epochs of %v", v.File, v.Neurons, v.Channels, v.Synapses, neuron.Time(v.EpochUS))
}

func newValidateCommand() *cobra.Command {
	var c common
	var show bool
	cmd := &cobra.Command{
		Use:               "validate SCENARIO",
		Short:             "Check a scenario and the files it names without running it",
		Example:           "  infomorph validate my.yaml",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeScenario,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, task, large, err := checkedTask(args[0], c.assignments()...)
			if err != nil {
				if c.json {
					err = errors.Join(err, printFaults(cmd.OutOrStdout(), args[0], err))
				}
				return err
			}
			if show {
				return printResolved(cmd.OutOrStdout(), s.Scenario)
			}
			v := validityOf(args[0], task, large)
			if c.json {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(v)
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), v)
			for _, note := range scenarios.Notes(task) {
				_, more := fmt.Fprintf(cmd.OutOrStdout(), "note: %s\n", note)
				err = errors.Join(err, more)
			}
			return err
		},
	}
	c.add(cmd)
	cmd.Flags().BoolVar(&show, "resolved", false, "print the scenario with all defaults")
	return cmd
}

func newVersionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the versions of the program and of Go",
		Example: "  infomorph version",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := record.BuildVersions()
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(v)
			}
			of := v.Infomorph
			if v.Revision != "" {
				of += " " + v.Revision
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "infomorph %s, %s %s/%s\n", of, v.Go, runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, with the versions of all dependencies")
	return cmd
}
