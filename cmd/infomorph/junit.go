package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"

	"infomorph/scenarios"
)

// The elements of JUnit XML that CI systems read.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string    `xml:"classname,attr"`
	Name    string    `xml:"name,attr"`
	Failure *junitBad `xml:"failure"`
	Error   *junitBad `xml:"error"`
}

type junitBad struct {
	Message string `xml:"message,attr"`
}

// checkJUnit returns an error before a run if its report could not be written.
func checkJUnit(path string) error {
	if info, err := os.Stat(filepath.Dir(path)); path != "" && (err != nil || !info.IsDir()) {
		return fmt.Errorf("--junit: %s: there is no folder %s", path, filepath.Dir(path))
	}
	return nil
}

// writeJUnit writes the run as one case, and each expectation as another.
func writeJUnit(path string, s *scenarios.Scenario, done *result, runErr error) error {
	suite := junitSuite{Name: s.Name, Time: "0"}
	run := junitCase{Class: s.Name, Name: "run"}
	if runErr != nil && codeOf(runErr) != exitExpectation {
		suite.Errors, run.Error = 1, &junitBad{runErr.Error()}
	}
	suite.Cases = append(suite.Cases, run)
	if done.Result != nil {
		suite.Time = fmt.Sprintf("%.3f", done.Elapsed.Seconds())
		for i := range done.verdicts {
			v := &done.verdicts[i]
			c := junitCase{Class: s.Name, Name: v.Name() + " " + v.Expected}
			if !v.Pass {
				suite.Failures++
				c.Failure = &junitBad{fmt.Sprintf("expected %s %s, got %s", v.Name(), v.Expected, v.Text())}
			}
			suite.Cases = append(suite.Cases, c)
		}
	}
	suite.Tests = len(suite.Cases)
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	if err := enc.Encode(suite); err != nil {
		return err
	}
	b.WriteByte('\n')
	if err := replaceFile(path, b.Bytes()); err != nil {
		return runFailed(fmt.Errorf("--junit: %w", err))
	}
	return nil
}
