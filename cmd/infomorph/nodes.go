package main

import (
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"infomorph/actors/remote"
)

// annotated is a progress that can show a text beside its bar.
type annotated interface{ note(text func() string) }

// tellPlacement prints which node has which neurons, before the run begins, and
// adds the rates of the nodes to the progress.
func tellPlacement(e *remote.Engine, p progress) {
	tw := tabwriter.NewWriter(os.Stderr, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "NODE\tADDRESS\tNEURONS\tSYNAPSES\tSHARDS")
	for _, s := range e.Stats() {
		fmt.Fprintf(tw, "%s\t%s\t%d to %d\t%d\t%d\n", s.Name, s.Address, s.First, s.Last-1, s.Synapses, s.Shards)
	}
	tw.Flush()
	if a, ok := p.(annotated); ok {
		began := time.Now()
		a.note(func() string { return rates(e.Stats(), time.Since(began)) })
	}
}

// rates returns how fast each node is, and what share of the time it computes.
// A slow node computes all the time, while the others wait.
func rates(all []remote.Stats, since time.Duration) string {
	b := &strings.Builder{}
	for _, s := range all {
		fmt.Fprintf(b, "  %s %.0f epochs/s %.0f%%", s.Name, float64(s.Epochs)/since.Seconds(), 100*s.Busy.Seconds()/since.Seconds())
	}
	return b.String()
}

// tellNodes prints what each node did, after the run.
func tellNodes(e *remote.Engine) {
	tw := tabwriter.NewWriter(os.Stderr, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "NODE\tEPOCHS\tSPIKES\tCOMPUTING\tPER EPOCH\tBYTES TO IT\tFROM IT")
	for _, s := range e.Stats() {
		n := max(s.Epochs, 1)
		fmt.Fprintf(tw, "%s\t%d\t%d\t%.2f s\t%.3f ms\t%d\t%d\n", s.Name, s.Epochs, s.Spikes, s.Busy.Seconds(), 1e3*s.Busy.Seconds()/float64(n), s.Sent/n, s.Received/n)
	}
	tw.Flush()
}
