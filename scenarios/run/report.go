package run

import (
	"bytes"
	"path/filepath"

	"infomorph/internal/guard"
	"infomorph/internal/record"
	"infomorph/internal/report"
)

// Report returns the report of a result folder, a single web page, with its checksum.
func Report(dir string) ([]byte, error) {
	var page bytes.Buffer
	if err := report.Build(dir, judgeOf(dir), &page); err != nil {
		return nil, err
	}
	return record.Seal(page.Bytes()), nil
}

// WriteReport writes the report of a run that has ended into its folder.
func WriteReport(dir string) error {
	page, err := Report(dir)
	if err != nil {
		return err
	}
	return guard.SaveBytes(filepath.Join(dir, report.FileName), page)
}

// ReportMany returns the report of the folder of a sweep, of repeated runs or of a
// search, with its checksum.
func ReportMany(dir string) ([]byte, error) {
	var page bytes.Buffer
	if err := report.BuildMany(dir, judgeMeans(dir), &page); err != nil {
		return nil, err
	}
	return record.Seal(page.Bytes()), nil
}

// WriteReportMany writes the report of many runs into their folder.
func WriteReportMany(dir string) error {
	page, err := ReportMany(dir)
	if err != nil {
		return err
	}
	return guard.SaveBytes(filepath.Join(dir, report.FileName), page)
}

// judgeMeans judges means of scores by the expectations of the scenario in a folder.
func judgeMeans(dir string) report.Judge {
	return func(values map[string]float64) ([]report.Verdict, error) {
		s, err := Load(filepath.Join(dir, record.ScenarioName))
		if err != nil {
			return nil, err
		}
		return shown(JudgeScores(s.Asked(), &Scores{Values: values})), nil
	}
}

// shown converts verdicts to the type of package report.
func shown(verdicts []Verdict) []report.Verdict {
	out := make([]report.Verdict, len(verdicts))
	for i := range verdicts {
		v := &verdicts[i]
		out[i] = report.Verdict{Name: v.Name(), Expected: v.Expected, Got: v.Text(), Pass: v.Pass}
	}
	return out
}

// judgeOf judges a run by the expectations of the scenario in its folder.
func judgeOf(dir string) report.Judge {
	return func(values map[string]float64) ([]report.Verdict, error) {
		s, err := Load(filepath.Join(dir, record.ScenarioName))
		if err != nil {
			return nil, err
		}
		run := Result{Scenario: s.Scenario, Dir: dir, Scores: &Scores{Values: values}}
		verdicts, err := run.Judge()
		return shown(verdicts), err
	}
}
