package main

import (
	"os/exec"
	"testing"
)

// readsExports holds every table of every format that is exported against the CSV
// twin of the run, and loads the table beside each figure.
const readsExports = `
import glob, json, os, sys, numpy as np, pandas as pd
def load(path):
    if path.endswith(".npz"): return pd.DataFrame({k: v for k, v in np.load(path).items()})
    if path.endswith(".json"): return pd.read_json(path, lines=True, convert_dates=False, dtype=False)
    return pd.read_csv(path, sep="\t" if path.endswith(".tsv") else ",", keep_default_na=False, na_values=["", "NaN"])
names = sorted(os.path.basename(p)[:-4] for p in glob.glob("r/*.csv"))
if len(names) < 5: raise SystemExit("only %s" % names)
for name in names:
    want = load("r/%s.csv" % name)
    for kind in ["csv", "tsv", "npz", "json"]:
        path = "out-%s/%s.%s" % (kind, name, kind)
        got = load(path)
        if list(got.columns) != list(want.columns) or len(got) != len(want):
            raise SystemExit("%s: %s of %d rows, want %s of %d" % (path, list(got.columns), len(got), list(want.columns), len(want)))
        for c in want.columns:
            a, b = got[c], want[c]
            if b.dtype == object or b.dtype == bool:
                same = a.fillna("").astype(str).tolist() == b.fillna("").astype(str).tolist()
            else:
                same = np.allclose(pd.to_numeric(a, errors="coerce").astype(float), b.astype(float), rtol=1e-6, atol=0, equal_nan=True)
            if not same: raise SystemExit("%s: column %s: %s, want %s" % (path, c, a[:5].tolist(), b[:5].tolist()))
for path in glob.glob("r/plots/*.csv"):
    if len(pd.read_csv(path)) == 0: raise SystemExit(path + " is empty")
print(len(names))
`

// readsExportsR is the same by base R: rows, columns and sums of numbers.
const readsExportsR = `
for (p in Sys.glob("r/*.csv")) {
  want <- read.csv(p, check.names = FALSE)
  name <- sub("[.]csv$", "", basename(p))
  csv <- read.csv(file.path("out-csv", basename(p)), check.names = FALSE)
  tsv <- read.delim(file.path("out-tsv", paste0(name, ".tsv")), check.names = FALSE)
  for (got in list(csv, tsv)) {
    stopifnot(identical(names(got), names(want)), nrow(got) == nrow(want))
    for (k in names(want)) if (is.numeric(want[[k]])) stopifnot(isTRUE(all.equal(got[[k]], want[[k]])))
  }
}
for (p in Sys.glob("r/plots/*.csv")) stopifnot(nrow(read.csv(p)) > 0)
cat(length(Sys.glob("r/*.csv")))
`

// TestExportsAreRead: pandas, numpy and base R read every format of every table, and
// the tables of figures.
func TestExportsAreRead(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, stderr, code := command(t, "run", "associative-memory", "--out", "r", "--set", "associative_memory.presentations=2", "--set", "expect=null", "--quiet"); code != exitDone {
		t.Fatal(stderr)
	}
	for _, kind := range []string{"csv", "tsv", "npz", "json"} {
		if _, stderr, code := command(t, "export", "r", "--format", kind, "--out", "out-"+kind); code != exitDone {
			t.Fatal(kind, stderr)
		}
	}
	readers := 0
	if exec.Command("/usr/bin/python3", "-c", "import pandas, numpy").Run() == nil {
		readers++
		if out, err := exec.Command("/usr/bin/python3", "-c", readsExports).CombinedOutput(); err != nil {
			t.Errorf("Python: %v\n%s", err, out)
		}
	}
	if _, err := exec.LookPath("Rscript"); err == nil {
		readers++
		if out, err := exec.Command("Rscript", "-e", readsExportsR).CombinedOutput(); err != nil {
			t.Errorf("R: %v\n%s", err, out)
		}
	}
	if readers == 0 {
		t.Skip("neither Python with pandas nor R (Debian: python3-pandas, r-base-core)")
	}
}
