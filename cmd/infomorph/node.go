package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"infomorph/actors/remote"
	"infomorph/internal/machines"
	"infomorph/internal/nodes"
)

// nodeFlags are the flags of infomorph node.
type nodeFlags struct {
	listen, advertise string
	cert, key, ca     string
	dir               string
	shards            int
}

func newNodeCommand() *cobra.Command {
	var f nodeFlags
	cmd := &cobra.Command{
		Use:   "node --listen ADDR --cert FILE --key FILE --ca FILE",
		Short: "Serve a part of runs whose coordinator is on another machine",
		Long: "Serve a part of runs that are started elsewhere with infomorph run --nodes. Connections\n" +
			"that are not loopback need mutual TLS, and only the holder of the coordinator's\n" +
			"certificate can give orders. The node serves one run at a time, and then waits for the\n" +
			"next.",
		Example: "  infomorph node certificates nodes.yaml --out certs\n" +
			"  infomorph node --listen 127.0.0.1:7001 --cert certs/node1.crt --key certs/node1.key --ca certs/ca.crt\n" +
			"  infomorph run associative-memory --nodes nodes.yaml",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	fs := cmd.Flags()
	fs.StringVar(&f.listen, "listen", "", "address to listen on, such as 127.0.0.1:7001 (default: the one in the certificate)")
	fs.StringVar(&f.advertise, "advertise", "", "address for the coordinator, if it is not that of --listen (default: the one in the certificate)")
	fs.StringVar(&f.cert, "cert", "", "certificate of this node, PEM")
	fs.StringVar(&f.key, "key", "", "its key, PEM")
	fs.StringVar(&f.ca, "ca", "", "certificate of the authority that both sides trust, PEM")
	fs.StringVar(&f.dir, "dir", "node", "folder for its parts of checkpoints")
	fs.IntVar(&f.shards, "shards", 0, "shard actors (0: one per core, fewer for small networks)")
	cmd.AddCommand(newCertificatesCommand())
	return cmd
}

func (f *nodeFlags) run(cmd *cobra.Command) error {
	_, before := os.Lstat(f.dir)
	o, err := f.options(cmd.ErrOrStderr())
	if err != nil {
		return badInput(err)
	}
	n, err := remote.StartNode(*o)
	if err != nil {
		if errors.Is(before, fs.ErrNotExist) {
			_ = os.Remove(f.dir) // a refused node leaves no empty folder
		}
		return badInput(err)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "infomorph: node %s listens at %s; stop it with Ctrl-C\n", n.Name(), n.Address())
	<-cmd.Context().Done()
	return n.Close()
}

func (f *nodeFlags) options(stderr io.Writer) (*remote.NodeOptions, error) {
	if f.shards < 0 || f.shards > 4096 {
		return nil, fmt.Errorf("--shards: got %d, expected 0 to 4096", f.shards)
	}
	o := &remote.NodeOptions{Listen: f.listen, Advertise: f.advertise, Dir: f.dir, Shards: f.shards, Version: machines.Identity(), Build: machines.Build}
	name := f.listen
	switch given := (f.cert != "") || (f.key != "") || (f.ca != ""); {
	case given && (f.cert == "" || f.key == "" || f.ca == ""):
		return nil, errors.New("--cert, --key and --ca are needed together: one is missing")
	case given:
		var err error
		if o.Creds, err = remote.LoadCredentials(f.cert, f.key, f.ca); err != nil {
			return nil, err
		}
		name = o.Creds.Name
		if o.Listen == "" && o.Creds.Port != "" {
			o.Listen = o.Creds.Address()
		}
	}
	if o.Listen == "" {
		return nil, errors.New("--listen: expected an address such as 127.0.0.1:7001")
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return nil, fmt.Errorf("--dir: %w", err)
	}
	console := zerolog.ConsoleWriter{Out: stderr, NoColor: true, TimeFormat: time.RFC3339}
	log := zerolog.New(console).With().Timestamp().Str("node", name).Logger().Level(zerolog.InfoLevel)
	o.Log = slog.New(zerolog.NewSlogHandler(log))
	return o, nil
}

func newCertificatesCommand() *cobra.Command {
	var out string
	var days int
	cmd := &cobra.Command{
		Use:   "certificates NODES",
		Short: "Make the certificates of a list of nodes, and the authority that signs them",
		Long: "Make an authority, if the folder has none, and a certificate with its key for the\n" +
			"coordinator and every node of the list that has none yet. Each machine needs its own\n" +
			"NAME.crt and NAME.key, and ca.crt. Keep ca.key only where you make certificates.",
		Example: "  infomorph node certificates nodes.yaml --out certs",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := nodes.Read(args[0])
			if err != nil {
				return badInput(err)
			}
			if out == "" {
				if out = l.File(""); out == "" {
					return badInput(errors.New("--out: name a folder, or give the list the key certificates"))
				}
			}
			files, err := nodes.MakeCertificates(out, l, time.Duration(days)*24*time.Hour, time.Now())
			for _, f := range files {
				fmt.Fprintln(cmd.OutOrStdout(), f)
			}
			if err == nil && len(files) == 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "infomorph: %s has all of them already; to make one again, remove its .crt and .key\n", filepath.Clean(out))
			}
			return badInput(err)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "folder for them (default: the one in the list)")
	cmd.Flags().IntVar(&days, "days", 365, "how many days they are valid")
	return cmd
}

func newNodesCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "nodes", Short: "Check the machines of a list"}
	var asJSON bool
	check := &cobra.Command{
		Use:     "check NODES",
		Short:   "Check every node of a list: reachable, version, cores, memory, latency, clock",
		Example: "  infomorph nodes check nodes.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := machines.Read(args[0])
			if err != nil {
				return badInput(err)
			}
			all, err := m.Check()
			if err != nil {
				return badInput(err)
			}
			if asJSON {
				err = printChecksJSON(cmd.OutOrStdout(), all)
			} else {
				err = printChecks(cmd.OutOrStdout(), all)
			}
			return errors.Join(err, judgeChecks(all))
		},
	}
	check.Flags().BoolVar(&asJSON, "json", false, "print one JSON document instead of a table")
	cmd.AddCommand(check)
	return holder(cmd)
}

// maxSkew is the difference of clocks from which on there is a warning: it
// matters for certificates and logs, not for results.
const maxSkew = 5 * time.Second

func printChecks(w io.Writer, all []remote.Checked) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "NODE\tADDRESS\tSTATE\tCORES\tMEMORY\tFREE\tLATENCY\tCLOCK\tVERSION")
	for _, c := range all {
		if c.Err != nil {
			fmt.Fprintf(tw, "%s\t%s\tunreachable\t\t\t\t\t\t%s\n", c.Peer.Name, c.Address, c.Err)
			continue
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%d\t%.1f GiB\t%.1f GiB\t%.3f ms\t%+.3f s\t%s, %s\n", c.Peer.Name, c.Address, stateOf(&c), c.Cores,
			gib(c.Memory), gib(c.Available), 1e3*c.Latency.Seconds(), c.Skew.Seconds(), c.Version, c.Arch)
	}
	return tw.Flush()
}

func gib(bytes int64) float64 { return float64(bytes) / (1 << 30) }

func stateOf(c *remote.Checked) string {
	switch {
	case c.Version+" on "+c.Arch != machines.Host():
		return "another version"
	case c.Skew.Abs() > maxSkew:
		return "another time"
	case c.Busy != "":
		return "serves " + c.Busy
	}
	return "ready"
}

// checkJSON is one node in the output of nodes check --json.
type checkJSON struct {
	Node      string  `json:"node"`
	Address   string  `json:"address"`
	State     string  `json:"state"`
	Error     string  `json:"error,omitempty"`
	Version   string  `json:"version,omitempty"`
	Arch      string  `json:"arch,omitempty"`
	Cores     int     `json:"cores,omitempty"`
	Memory    int64   `json:"memory_bytes,omitempty"`
	Available int64   `json:"available_bytes,omitempty"`
	Latency   float64 `json:"latency_s,omitempty"`
	Skew      float64 `json:"clock_s,omitempty"`
}

func printChecksJSON(w io.Writer, all []remote.Checked) error {
	out := make([]checkJSON, len(all))
	for k, c := range all {
		out[k] = checkJSON{Node: c.Peer.Name, Address: c.Address, State: "unreachable"}
		if c.Err != nil {
			out[k].Error = c.Err.Error()
			continue
		}
		out[k] = checkJSON{c.Peer.Name, c.Address, stateOf(&c), "", c.Version, c.Arch, c.Cores, c.Memory, c.Available, c.Latency.Seconds(), c.Skew.Seconds()}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// judgeChecks returns an error unless a run could begin on all nodes.
func judgeChecks(all []remote.Checked) error {
	unfit := 0
	for _, c := range all {
		if c.Err != nil || c.Version+" on "+c.Arch != machines.Host() {
			unfit++
		}
	}
	if unfit == 0 {
		return nil
	}
	return runFailed(fmt.Errorf("%d of %d nodes cannot be used; this program is %s", unfit, len(all), machines.Host()))
}
