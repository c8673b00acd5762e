package main

import (
	"github.com/spf13/cobra"

	"infomorph/scenarios"
)

// schemaID names the schema for editors; it is an identifier, not an address.
const schemaID = "urn:infomorph:scenario:v1"

func newSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of scenario files, for editors",
		Long: "Print the JSON Schema (2020-12) of scenario files. Editors use it for completion and checks:\n\n" +
			"  infomorph schema > scenario.schema.json\n\n" +
			"and on the first line of a scenario, for editors with the YAML language server:\n\n" +
			"  # yaml-language-server: $schema=scenario.schema.json",
		Example: "  infomorph schema > scenario.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := scenarios.Schema("Infomorph scenario", schemaID)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
}
