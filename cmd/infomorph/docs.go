package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"infomorph/internal/config"
	"infomorph/scenarios"
)

//go:embed reference.md
var referenceIntro string

// newDocsCommand returns the hidden command that writes the documentation which
// is generated from the program.
func newDocsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "docs", Short: "Write the documentation that is generated from the program", Hidden: true}
	cmd.AddCommand(newGalleryCommand(), &cobra.Command{
		Use:     "scenario",
		Short:   "Print docs/scenario.md, the reference of scenario files",
		Example: "  infomorph docs scenario > scenario.md",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := reference()
			if err == nil {
				_, err = fmt.Fprint(cmd.OutOrStdout(), text)
			}
			return err
		},
	}, &cobra.Command{
		Use:     "man DIR",
		Short:   "Write the man pages into a folder",
		Example: "  infomorph docs man man1",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o777); err != nil {
				return badInput(err)
			}
			// A fixed date: the same program gives the same pages.
			epoch := time.Unix(0, 0).UTC()
			return runFailed(doc.GenManTree(cmd.Root(), &doc.GenManHeader{
				Title: "INFOMORPH", Section: "1", Source: "infomorph", Manual: "Infomorph", Date: &epoch}, args[0]))
		},
	})
	return holder(cmd)
}

// reference returns docs/scenario.md.
func reference() (string, error) {
	if err := errors.Join(config.Lint(scenarios.Full{}), config.Lint(scenarios.Short{})); err != nil {
		return "", err
	}
	full, short := scenarios.Markdown()
	var b strings.Builder
	b.WriteString("<!-- Written by `infomorph docs scenario`; change the Go types, not this file. -->\n\n")
	b.WriteString(strings.TrimSpace(referenceIntro) + "\n\n")
	b.Write(full)
	b.WriteString("\n# Short forms\n\n")
	b.Write(short)
	b.WriteString("\n## Scores\n\n[measures.md](measures.md) explains the scores of measures. These are in the summary of a study, of a\nmeasurement of capacity, or of a run of a script. `*` stands for a name in the scenario.\n\n| score | meaning |\n|---|---|\n")
	for _, d := range scenarios.ScoreDocs {
		fmt.Fprintf(&b, "| `%s` | %s |\n", d.Name, strings.ReplaceAll(d.Text, "|", "\\|"))
	}
	b.WriteString("\n## Exit codes\n\n| code | meaning |\n|---|---|\n")
	for _, code := range []string{"0", "1", "2", "3", "130"} {
		fmt.Fprintf(&b, "| %s | %s |\n", code, exitCodes[code])
	}
	return b.String(), nil
}
