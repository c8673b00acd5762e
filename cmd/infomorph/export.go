package main

import (
	"bufio"
	"embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"infomorph/internal/guard"
	"infomorph/internal/npy"
	"infomorph/internal/record"
	"infomorph/internal/table"
)

// clients read result folders in other languages.
//
//go:embed clients/infomorph.py clients/infomorph.R
var clients embed.FS

// clientFiles are the clients by language.
var clientFiles = map[string]string{"python": "clients/infomorph.py", "r": "clients/infomorph.R"}

// exportFormats are the formats for exported tables.
var exportFormats = []string{"csv", "tsv", "npz", "json"}

// exportFlags say what is exported, and how.
type exportFlags struct{ out, format, client string }

func newExportTablesCommand() *cobra.Command {
	var f exportFlags
	c := &cobra.Command{
		Use:   "export DIR [TABLE...]",
		Short: "Write the tables of a result folder for other programs",
		Long: "Write tables of a result folder as CSV, TSV, NumPy's .npz or JSON (one object per line), which Python\n" +
			"and R read without further packages. DIR is the folder of a run, a sweep or a study; TABLE is\n" +
			"one of its tables, such as pid or weights-trained (default: all). infomorph topology export writes the\n" +
			"learned network as an adjacency matrix or an edge list.",
		Example: "  infomorph export run --out tables\n" +
			"  infomorph export run pid --format npz --out .\n" +
			"  infomorph export run recall --out -\n" +
			"  infomorph export --client python > infomorph.py",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.client != "" {
				return printClient(cmd, f.client, args)
			}
			if len(args) == 0 {
				return badInput(errors.New("expected the result folder, or --client python or R"))
			}
			if !slices.Contains(exportFormats, f.format) {
				return badInput(fmt.Errorf("--format %q: expected one of %s", f.format, strings.Join(exportFormats, ", ")))
			}
			return f.export(cmd, args[0], args[1:])
		},
	}
	c.Flags().StringVarP(&f.out, "out", "o", "", "folder for the files (default: the result folder's own name with -export), or - for one table on standard output")
	c.Flags().StringVar(&f.format, "format", "csv", "csv, tsv, npz or json")
	c.Flags().StringVar(&f.client, "client", "", "print the client that reads result folders: python or R")
	return c
}

func printClient(cmd *cobra.Command, client string, args []string) error {
	file, ok := clientFiles[strings.ToLower(client)]
	if !ok || len(args) > 0 {
		return badInput(fmt.Errorf("--client %s: expected python or R, and no folder", client))
	}
	data, err := clients.ReadFile(file)
	if err != nil {
		return runFailed(err)
	}
	_, err = cmd.OutOrStdout().Write(data)
	return runFailed(err)
}

// tablesOf returns the tables of a folder, by name.
func tablesOf(dir string) (map[string]string, []string, error) {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s: not a result folder", dir)
	}
	if err != nil {
		return nil, nil, err
	}
	files := map[string]string{}
	var names []string
	for _, ext := range []string{".parquet", ".csv"} {
		found, err := filepath.Glob(filepath.Join(globEscape.Replace(dir), "*"+ext))
		if err != nil {
			return nil, nil, err
		}
		for _, f := range found {
			name := strings.TrimSuffix(filepath.Base(f), ext)
			if files[name] == "" {
				files[name] = f
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return nil, nil, fmt.Errorf("%s: there is no table in it; expected the folder of a run, a sweep or a study", dir)
	}
	slices.Sort(names)
	return files, names, nil
}

// globEscape escapes the characters of a folder's name that are special in a
// pattern.
var globEscape = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// export writes the wanted tables of a folder (none: all tables).
func (f *exportFlags) export(cmd *cobra.Command, dir string, wanted []string) error {
	files, names, err := tablesOf(dir)
	if err != nil {
		return badInput(err)
	}
	for _, w := range wanted {
		if files[w] == "" {
			return badInput(fmt.Errorf("%s: there is no table %q; there are %s", dir, w, strings.Join(names, ", ")))
		}
	}
	if len(wanted) > 0 {
		names = wanted
	}
	read := make([]string, len(names))
	for i, name := range names {
		read[i] = filepath.Base(files[name])
	}
	if err := record.CheckRead(dir, read...); err != nil {
		return record.Fault(err)
	}
	if f.out == "-" {
		if len(names) != 1 {
			return badInput(fmt.Errorf("--out -: name one table; there are %s", strings.Join(names, ", ")))
		}
		return runFailed(exportTable(files[names[0]], f.format, cmd.OutOrStdout()))
	}
	out := f.out
	if out == "" {
		out = filepath.Clean(dir) + "-export"
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return badInput(err)
	}
	for _, name := range names {
		file := filepath.Join(out, name+"."+f.format)
		if err := guard.Save(file, func(w io.Writer) error { return exportTable(files[name], f.format, w) }); err != nil {
			return runFailed(err)
		}
		fmt.Fprintln(cmd.ErrOrStderr(), file)
	}
	return nil
}

// maxExport is the largest table that is exported, after decompression [bytes].
const maxExport = 64 << 30

func exportTable(file, format string, w io.Writer) error {
	in, err := guard.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	o := table.Options{Name: file, MaxBytes: maxExport}
	if strings.HasSuffix(file, ".csv") {
		o.Header, o.Separator = "yes", ','
	}
	if format == "npz" {
		f, err := table.ReadFrame(in, o)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		return writeNPZ(w, f)
	}
	t, err := table.Open(in, o)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	b := bufio.NewWriterSize(w, 1<<16)
	if format == "json" {
		err = writeJSONLines(b, t)
	} else {
		err = writeSeparated(b, t, map[string]rune{"csv": ',', "tsv": '\t'}[format])
	}
	return errors.Join(err, b.Flush())
}

func writeSeparated(w io.Writer, t *table.Reader, comma rune) error {
	out := csv.NewWriter(w)
	out.Comma = comma
	record := make([]string, len(t.Columns()))
	for i, name := range t.Columns() {
		record[i] = guard.Cell(name)
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for row, err := range t.Rows() {
		if err != nil {
			return err
		}
		for i, c := range row {
			record[i] = c.String()
			if c.Kind == table.Text {
				record[i] = guard.Cell(record[i])
			}
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// writeJSONLines writes one object per row; NaN and infinities are null.
func writeJSONLines(w *bufio.Writer, t *table.Reader) error {
	names := make([]string, len(t.Columns()))
	for i, name := range t.Columns() {
		quoted, _ := json.Marshal(name) // a string always marshals
		names[i] = string(quoted)
	}
	for row, err := range t.Rows() {
		if err != nil {
			return err
		}
		for i, c := range row {
			w.WriteString(map[bool]string{true: "{", false: ", "}[i == 0] + names[i] + ": ")
			w.WriteString(jsonCell(c))
		}
		if _, err := w.WriteString("}\n"); err != nil {
			return err
		}
	}
	return nil
}

func jsonCell(c table.Cell) string {
	switch v, err := c.Number(); {
	case c.Kind == table.Text && err == nil && !c.Missing(): // a number of a CSV file
		switch text := c.String(); {
		case math.IsInf(v, 0):
			return "null"
		case json.Valid([]byte(text)):
			return text
		}
		return strconv.FormatFloat(v, 'g', -1, 64) // +5 and .5 are not valid numbers in JSON
	case c.Kind == table.Text:
		quoted, _ := json.Marshal(c.String())
		return string(quoted)
	case c.Kind == table.Bool:
		return map[bool]string{true: "true", false: "false"}[v != 0]
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "null"
	}
	return c.String()
}

// writeNPZ writes an array for each column: whole numbers as int64, or uint64
// if they are larger; other numbers as float64; texts as texts.
func writeNPZ(w io.Writer, f *table.Frame) error {
	a := npy.NewArchiveWriter(w)
	for i := range f.Columns {
		c := &f.Columns[i]
		out, err := a.Create(c.Name)
		if err != nil {
			return err
		}
		values, notNumbers := f.Values(c)
		switch {
		case c.Whole != nil && c.Large && slices.Min(values) >= 0:
			large := make([]uint64, len(c.Whole))
			for k, v := range c.Whole {
				large[k] = uint64(v)
			}
			err = npy.WriteNumbers(out, large, f.Rows)
		case c.Whole != nil && !c.Large:
			err = npy.WriteNumbers(out, c.Whole, f.Rows)
		case notNumbers != nil:
			err = npy.WriteTexts(out, c.Text)
		default:
			err = npy.WriteNumbers(out, values, f.Rows)
		}
		if err != nil {
			return err
		}
	}
	return a.Close()
}
