package record

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
)

// readers are other programs that load tables, each with a Python line that
// prints count, sum of source and last time of the spikes.
var readers = []struct{ module, file, code string }{
	{"pandas", "spikes.csv", "import pandas; d=pandas.read_csv(f)"},
	{"pyarrow", "spikes.parquet", "import pyarrow.parquet; d=pyarrow.parquet.read_table(f).to_pandas()"},
	{"fastparquet", "spikes.parquet", "import fastparquet; d=fastparquet.ParquetFile(f).to_pandas()"},
	{"duckdb", "spikes.parquet", "import duckdb; d=duckdb.read_parquet(f).df()"},
}

func TestOtherProgramsReadTheTables(t *testing.T) {
	opts := options(t)
	opts.CSV = true
	r := create(t, opts)
	must(t, history(r, 0, 3000))
	must(t, r.Close(nil, Final{}))
	const python = "/usr/bin/python3"
	for _, reader := range readers {
		t.Run(reader.module, func(t *testing.T) {
			if exec.Command(python, "-c", "import "+reader.module).Run() != nil {
				t.Skipf("no %s for %s", reader.module, python)
			}
			code := "import sys, json; f=sys.argv[1]\n" + reader.code +
				"\nprint(json.dumps([len(d), int(d['source'].sum()), int(d['time_us'].iloc[-1]), float(d['value'].abs().mean())]))"
			out, err := exec.Command(python, "-c", code, filepath.Join(opts.Dir, reader.file)).Output()
			must(t, err)
			var got [4]float64
			must(t, json.Unmarshal(out, &got))
			if got != [4]float64{30_000, 135_000, 2_999_000, 1} {
				t.Errorf("%s reads %v", reader.module, got)
			}
		})
	}
}
