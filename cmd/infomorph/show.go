package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"infomorph/internal/config"
	"infomorph/scenarios/language"
)

func newShowCommand() *cobra.Command {
	var f common
	cmd := &cobra.Command{
		Use:   "show SCENARIO",
		Short: "Print the full scenario, as it will run, with all defaults",
		Long: "Print the full scenario, as it will run, with short forms expanded and all defaults. The\n" +
			"output is a scenario with the same results; use it to start one of your own.",
		Example:           "  infomorph show bars > my-bars.yaml\n  infomorph show kind bars",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeScenario,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := loadScenario(args[0], f.assignments()...)
			if err != nil {
				return err
			}
			return printResolved(cmd.OutOrStdout(), s.Scenario)
		},
	}
	f.add(cmd)
	cmd.AddCommand(&cobra.Command{
		Use:     "kind [NAME]",
		Short:   "Print a built-in kind of neurons, or the names of all",
		Example: "  infomorph show kind",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				_, err := fmt.Fprintln(cmd.OutOrStdout(), strings.Join(language.BuiltinKinds(), "\n"))
				return err
			}
			k := language.BuiltinKind(args[0])
			if k == nil {
				problem := args[0] + ": not a built-in kind of neurons; infomorph show kind lists them"
				if hint := config.Suggest(args[0], language.BuiltinKinds()); hint != "" {
					problem += "; " + hint
				}
				return badInput(errors.New(problem))
			}
			text, err := config.Marshal(k)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	})
	return cmd
}
