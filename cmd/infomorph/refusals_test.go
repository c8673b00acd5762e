package main

import (
	"os"
	"strings"
	"testing"
)

// refusals are command lines that are refused, each with its message.
var refusals = [][2]string{
	// run
	{"run", "accepts 1 arg(s), received 0"},
	{"run a b", "accepts 1 arg(s), received 2"},
	{"run nosuch", "nosuch: neither a file nor a built-in scenario; infomorph list shows the built-in ones"},
	{"run folder", "folder: expected a regular file: it is a folder"},
	{"run missing.yaml", "missing.yaml: neither a file nor a built-in scenario; infomorph list shows the built-in ones"},
	{"run bars --repeat 0", "--repeat: got 0, expected 1 to 10000"},
	{"run bars --repeat 10001", "--repeat: got 10001, expected 1 to 10000"},
	{"run bars --workers 0", "--workers: got 0, expected 1 to 4096"},
	{"run bars --workers 4097", "--workers: got 4097, expected 1 to 4096"},
	{"run bars --format xls", `--format: got "xls", expected parquet or csv`},
	{"run bars --node-patience -1s", "--node-patience: got -1s, expected 0 or more"},
	{"run bars --junit no/x.xml", "--junit: no/x.xml: there is no folder no"},
	{"run bars --live-paused", "--live-paused: has no effect without --live"},
	{"run bars --live-stay", "--live-stay: has no effect without --live"},
	{"run bars --live-address x:1", "--live-address: has no effect without --live"},
	{"run bars --actors some", `--actors: got "some", expected neuron, population or none`},
	{"run bars --shards -1", "--shards: got -1, expected 0 to 4096"},
	{"run bars --max-memory x", `invalid argument "x" for "--max-memory" flag: got "x", expected a size such as 512M or 1.5G`},
	{"run bars --seed -1", `invalid argument "-1" for "--seed" flag: strconv.ParseUint: parsing "-1": invalid syntax`},
	{"run bars --seed x", `invalid argument "x" for "--seed" flag: strconv.ParseUint: parsing "x": invalid syntax`},
	{"run bars --nosuch", "unknown flag: --nosuch"},
	{"run bars --nodes missing.yaml", "open missing.yaml: no such file or directory"},
	{"run bars --out file.txt", "--out: result folder file.txt: not a directory"},
	{"run memory-50 --seed 18446744073709551615 --repeat 2", "--repeat: there are no 2 seeds from 18446744073709551615 on"},
	// resume
	{"resume", "accepts 1 arg(s), received 0"},
	{"resume nosuch", "nosuch: no manifest.json there: is it a result folder? no such file or directory"},
	{"resume folder", "folder: the run was killed before it had begun; run it again into the same folder"},
	{"resume folder --set a=1", "--set and --out need --fork, which keeps the old run unchanged"},
	{"resume folder --out x", "--set and --out need --fork, which keeps the old run unchanged"},
	{"resume folder --workers 0", "folder: the run was killed before it had begun; run it again into the same folder"},
	// view
	{"view", "accepts 1 arg(s), received 0"},
	{"view nosuch", "nosuch: no manifest.json there: is it a result folder? no such file or directory"},
	{"view folder", "folder: the run was killed before it had begun; run it again into the same folder"},
	// serve
	{"serve", "--stdio is required: there is no other connection"},
	{"serve x", `unknown command "x" for "infomorph serve"`},
	// replay
	{"replay", "accepts 1 arg(s), received 0"},
	{"replay nosuch", "nosuch: no manifest.json there: is it a result folder? no such file or directory"},
	{"replay folder", "folder: no manifest.json there: is it a result folder? no such file or directory"},
	{"replay folder --workers 0", "--workers: got 0, expected 1 to 4096"},
	// audit
	{"audit folder", "folder: no manifest.json there: is it a result folder? no such file or directory"},
	{"audit folder --all --neuron 3", "--all and --neuron: give only one of them"},
	{"audit nosuch --neuron x", `invalid argument "x" for "--neuron" flag: strconv.Atoi: parsing "x": invalid syntax`},
	// verify
	{"verify", "accepts 1 arg(s), received 0"},
	{"verify nosuch", "lstat nosuch: no such file or directory"},
	{"verify folder", "folder: there is no result folder"},
	// report
	{"report folder", "folder: no manifest.json there: is it a result folder? no such file or directory"},
	{"report nosuch", "nosuch: no manifest.json there: is it a result folder? no such file or directory"},
	// compare
	{"compare a", "accepts 2 arg(s), received 1"},
	// export
	{"export", "expected the result folder, or --client python or R"},
	{"export nosuch", "stat nosuch: no such file or directory"},
	{"export file.txt", "file.txt: not a result folder"},
	{"export folder", "folder: there is no table in it; expected the folder of a run, a sweep or a study"},
	{"export folder --format xls", `--format "xls": expected one of csv, tsv, npz, json`},
	{"export --client perl", "--client perl: expected python or R, and no folder"},
	{"export folder --client python", "--client python: expected python or R, and no folder"},
	{"export folder --out -", "folder: there is no table in it; expected the folder of a run, a sweep or a study"},
	// plot
	{"plot", "accepts between 1 and 27 arg(s), received 0"},
	{"plot folder", "folder: there is no figure in plots/ that can be drawn again"},
	{"plot nosuch x", "nosuch: there is no figure in plots/ that can be drawn again"},
	// plan
	{"plan", "accepts 1 arg(s), received 0"},
	{"plan nosuch", "nosuch: neither a file nor a built-in scenario; infomorph list shows the built-in ones"},
	{"plan bars --try x", `invalid argument "x" for "--try" flag: time: invalid duration "x"`},
	// show
	{"show", "accepts 1 arg(s), received 0"},
	{"show nosuch", "nosuch: neither a file nor a built-in scenario; infomorph list shows the built-in ones"},
	// explain
	{"explain", "accepts 1 arg(s), received 0"},
	{"explain neuron.windw", "neuron.windw: unknown key; did you mean neuron.window?"},
	{"explain 7", "7: neither a key, a score nor an exit code; did you mean projections[].rule.p?"},
	{"explain windw", "windw: neither a key, a score nor an exit code; did you mean neurons.<name>.window?"},
	// fmt
	{"fmt nosuch.yaml", "nosuch.yaml: neither a file nor a built-in scenario; infomorph list shows the built-in ones"},
	{"fmt folder", "folder: expected a regular file: it is a folder"},
	{"fmt -w --check file.txt", "if any flags in the group [write check] are set none of the others can be; [check write] were all set"},
	// init
	{"init file.txt", "file.txt exists already; infomorph init overwrites nothing"},
	{"init no/such/my.yaml", "open no/such/my.yaml: no such file or directory"},
	// list
	{"list x", `unknown command "x" for "infomorph list"`},
	// schema
	{"schema x", `unknown command "x" for "infomorph schema"`},
	// version
	{"version x", `unknown command "x" for "infomorph version"`},
	// sweep
	{"sweep", "accepts 1 arg(s), received 0"},
	{"sweep bars", "nothing to sweep: add --over PATH=VALUES, --seeds N or a sweep section"},
	{"sweep bars --over x", `--over "x": expected path=values, such as neuron.window=16,32,64`},
	{"sweep bars --over neuron.window=16,32 --part 3/2", `--part: got "3/2", expected i/n with i from 1 to n, such as 3/8`},
	{"sweep bars --over neuron.window=16,32 --part x", `--part: got "x", expected i/n with i from 1 to n, such as 3/8`},
	{"sweep bars --over neuron.window=16,32 --part 1/2", "--part needs --out DIR: a folder of this part, or one that all parts share"},
	{"sweep bars --retry", "--retry needs --resume DIR"},
	{"sweep --resume folder --over a=1", "--resume continues a sweep as it was planned; it cannot be used with --over, --set, --sample, --zip or --out"},
	{"sweep --resume folder", "folder is not the folder of a sweep: open folder/sweep.json: no such file or directory"},
	{"sweep bars --live-paused", "--live-paused: has no effect without --live"},
	{"sweep bars --live --live-paused", "--live-paused: the runs of a sweep can only be watched; infomorph run --live shows a run that can be paused"},
	{"sweep bars --workers 0", "--workers: got 0, expected 1 to 4096"},
	{"sweep bars --format xls", `--format: got "xls", expected parquet or csv`},
	{"sweep bars --over neuron.window=16,32 --over bars.stimuli=10,20,30 --list --zip", "--zip: neuron.window has 2 values and bars.stimuli has 3"},
	{"sweep bars --over neuron.window=16..32 --sample foo:3 --list", `--sample: got "foo:3", expected lhs:N or random:N with N from 1 to 100000`},
	{"sweep merge", "requires at least 1 arg(s), only received 0"},
	{"sweep merge folder", "folder is not the folder of a sweep: open folder/sweep.json: no such file or directory"},
	{"sweep merge nosuch --out x", "nosuch is not the folder of a sweep: open nosuch/sweep.json: no such file or directory"},
	// search
	{"search", "accepts 1 arg(s), received 0"},
	{"search nosuch", "nosuch: neither a file nor a built-in scenario; infomorph list shows the built-in ones"},
	{"search bars --over x", `--over "x": expected path=values, such as neuron.window=16,32,64`},
	{"search bars --trials 0", "--trials: got 0, expected 1 to 1000000"},
	{"search bars --seeds 0", "--seeds: got 0, expected 1 to 10000"},
	{"search bars --confirm -1", "--confirm: got -1, expected 0 to 100000"},
	{"search bars --population 1", "--population: got 1, expected 4 to 10000"},
	{"search bars --step 0", "--step: got 0, expected 1e-06 to 1"},
	{"search bars --step 2", "--step: got 2, expected 1e-06 to 1"},
	{"search --resume folder --over a=1", "--resume continues a search as it was planned; it cannot be used with --over, --set, --seed or --out"},
	{"search --resume folder", "folder is not the folder of a search: open folder/search.json: no such file or directory"},
	{"search --resume folder --seed 3", "--resume continues a search as it was planned; it cannot be used with --over, --set, --seed or --out"},
	{"search --resume folder bars", `unknown command "bars" for "infomorph search"`},
	{"search bars --workers 0", "--workers: got 0, expected 1 to 4096"},
	// reproduce
	{"reproduce nosuch", "nosuch: no such entry; infomorph reproduce lists them"},
	{"reproduce --write x", "--write needs the entries to measure, or all"},
	{"reproduce bars --workers 0", "--workers: got 0, expected 1 to 4096"},
	{"reproduce bars --seeds -1", "--seeds: got -1, expected at most 100000"},
	{"reproduce --registry nosuch.yaml", "open nosuch.yaml: no such file or directory"},
	{"reproduce bars --write folder", "--write: folder: expected a regular file: it is a folder"},
	// node
	{"node", "--listen: expected an address such as 127.0.0.1:7001"},
	{"node --shards -1", "--shards: got -1, expected 0 to 4096"},
	{"node --shards 4097", "--shards: got 4097, expected 0 to 4096"},
	{"node --cert x", "--cert, --key and --ca are needed together: one is missing"},
	{"node --cert a --key b --ca c", "a, b: open a: no such file or directory"},
	{"node --listen 0.0.0.0:1", "0.0.0.0:1: beyond loopback everything is encrypted and both sides show a certificate: --cert, --key and --ca are needed (infomorph node certificates makes them)"},
	{"node certificates", "accepts 1 arg(s), received 0"},
	{"node certificates nosuch", "open nosuch: no such file or directory"},
	// nodes
	{"nodes check", "accepts 1 arg(s), received 0"},
	{"nodes check nosuch.yaml", "open nosuch.yaml: no such file or directory"},
	// docs
	{"docs man", "accepts 1 arg(s), received 0"},
	{"docs gallery", "requires at least 1 arg(s), only received 0"},
	{"docs man file.txt", "mkdir file.txt: not a directory"},
	// topology
	{"topology measure", "expected a graph FILE"},
	{"topology measure folder", "folder: there is no checkpoint, and so no learned network"},
	{"topology measure g.csv --measures charm", `measure "charm" is unknown, expected one of density, reciprocity, in_degree, out_degree, degree, in_strength, out_strength, degree_correlation, assortativity, clustering, clustering_undirected, transitivity, path_length, reachability, diameter, global_efficiency, local_efficiency, betweenness, closeness, pagerank, eigenvector, k_core, rich_club, modularity, community, participation, within_module_z, strong_components, weak_components, motifs, spectral_radius, sigma, omega`},
	{"topology measure g.csv --lengths miles", `--lengths "miles", expected hops, inverse or delay`},
	{"topology measure g.csv --samples -1", "--samples and --nulls: expected numbers ≥ 0 and ≥ 1"},
	{"topology measure g.csv --nulls 0", "--samples and --nulls: expected numbers ≥ 0 and ≥ 1"},
	{"topology measure g.csv --strongest 2", "--strongest 2, expected a share above 0, at most 1"},
	{"topology measure g.csv --strongest -1", "--strongest -1, expected a share above 0, at most 1"},
	{"topology measure g.csv --delay-unit h", `--delay-unit: delay unit "h", expected us, ms or s`},
	{"topology measure g.csv --source from", `g.csv:1: there is no column "from"; there are source, target, weight`},
	{"topology measure g.csv --format xls", `g.csv: format "xls" is unknown, expected one of [graphml gexf gml pajek dot csv tsv adjlist matrix mtx npy npz json]`},
	{"topology compare g.csv", "g.csv: not a result folder; expected one, or two graphs"},
	{"topology compare folder", "folder: there is no checkpoint, and so no learned network"},
	{"topology compare g.csv g.csv --measures density,synapses", `measure "synapses" is unknown, expected one of density, reciprocity, in_degree, out_degree, degree, in_strength, out_strength, degree_correlation, assortativity, clustering, clustering_undirected, transitivity, path_length, reachability, diameter, global_efficiency, local_efficiency, betweenness, closeness, pagerank, eigenvector, k_core, rich_club, modularity, community, participation, within_module_z, strong_components, weak_components, motifs, spectral_radius, sigma, omega`},
	{"topology convert g.csv", "accepts 2 arg(s), received 1"},
	{"topology convert g.csv x.docx", `x.docx: the extension ".docx" names no graph format, expected one of .graphml .graphmlz .xml .gexf .gml .net .paj .dot .gv .csv .tsv .edgelist .txt .edges .el .ncol .dat .tab .adjlist .adj .matrix .mtx .npy .npz .json .jgf .cyjs`},
	{"topology convert g.csv no/x.json", "no/x.json: no such file or directory"},
	{"topology lesion g.csv --count 1 --fraction 0.5", "count and fraction exclude each other"},
	{"topology lesion g.csv --count -1", "count: -1 is negative"},
	{"topology lesion g.csv --fraction 2", "fraction: 2, expected 0 to 1"},
	{"topology lesion g.csv --by luck --count 1", `by: "luck", expected random, degree, betweenness, weight, community or id`},
	{"topology lesion g.csv --by id --ids 9", "ids: there is no 9"},
	{"topology plot g.csv -o x.gif", `x.gif: format "gif", expected png, svg or pdf`},
	{"topology plot g.csv --layout tree", `topology.png: layout "tree" is unknown, expected one of [force circle position layered]`},
	{"topology plot g.csv --layout position", "topology.png: layout position: neuron 0 has no position"},
	{"topology plot g.csv --width 1mm", "--width 1mm: expected a length from 20mm to 2000mm, such as 85mm, 8.5cm, 3.3in or 240pt, or single or double"},
	{"topology plot g.csv --width 85mm --height 3km", "--height 3km: expected a length from 20mm to 2000mm, such as 85mm, 8.5cm, 3.3in or 240pt, or single or double"},
	{"topology plot g.csv --colour density", "measure density has no value for each neuron"},
	{"topology plot g.csv --colour g.csv:nothing", `g.csv: there is no column "nothing"; there are source, target, weight`},
	{"topology plot g.csv --colour no.csv:a", "open no.csv: no such file or directory"},
	{"topology plot g.csv --colour charm", `measure "charm" is unknown, expected one of density, reciprocity, in_degree, out_degree, degree, in_strength, out_strength, degree_correlation, assortativity, clustering, clustering_undirected, transitivity, path_length, reachability, diameter, global_efficiency, local_efficiency, betweenness, closeness, pagerank, eigenvector, k_core, rich_club, modularity, community, participation, within_module_z, strong_components, weak_components, motifs, spectral_radius, sigma, omega`},
	{"topology export folder", "folder: there is no checkpoint, and so no learned network"},
	{"topology export nosuch", "nosuch: not a result folder"},
	{"topology export folder:initial", "folder: there is no checkpoint, and so no learned network"},
	{"topology generate", "expected either a RULE (see --list) or --network FILE"},
	{"topology generate ring --network x", "expected either a RULE (see --list) or --network FILE"},
	{"topology generate ringo", `projections[0] (net → net): rule: name: "ringo" is unknown, expected one of one_to_one, all_to_all, blocks, fixed_indegree, fixed_outdegree, fixed_total_number, pairwise_bernoulli, ring, lattice, watts_strogatz, star, erdos_renyi, barabasi_albert, power_law, configuration_model, stochastic_block, hierarchical_modular, core_periphery, feed_forward, spatial, imported, rewire, degree_preserving`},
	{"topology generate ring --k 7", "projections[0] (net → net): rule: ring: k: 7 is odd, expected half the neighbours on each side (or directed)"},
	{"topology generate ring --delays 5", `--delays: "5", expected a duration with a unit, such as 5ms`},
	{"topology generate ring --delays 0.5us", "--delays: 0.5us is below 1us"},
	{"topology generate ring --weights gamma:1,2", `--weights: "gamma", expected constant, uniform, normal, lognormal or distance`},
	{"topology generate ring --weights uniform:1", `--weights: "", expected a number`},
	{"topology generate ring --weights x", `--weights: "x", expected a number`},
	{"topology generate ring --port q", `--port: "q", expected r, c or l`},
	{"topology generate stochastic_block --sizes 50,50 --probabilities 1,x", `--probabilities: "x", expected a number`},
	{"topology generate --network nosuch", "open nosuch: no such file or directory"},
	{"topology generate ring --graph nosuch.csv", "open nosuch.csv: no such file or directory"},
	{"topology generate ring --n -1", "populations[0] (net): size: -1, expected 0 to 100000000"},
}

// threeCSV is a ring of three neurons with names and weights.
const threeCSV = "source,target,weight\na,b,0.5\nb,c,0.25\nc,a,-1\n"

// workplace goes to an empty folder and puts there a folder "folder", a file
// "file.txt" that is nothing, and a network "g.csv".
func workplace(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.Mkdir("folder", 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"file.txt": "x", "g.csv": threeCSV} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// refused runs a command that must be refused with a message, exit code 2, and
// nothing on standard output.
func refused(t *testing.T, line, want string) {
	t.Helper()
	stdout, stderr, code := command(t, strings.Fields(line)...)
	if code != exitBadInput || stdout != "" || stderr != want+"\n" {
		t.Errorf("%s: exit code %d, stdout %q, stderr\n%s\nwant\n%s", line, code, stdout, stderr, want)
	}
}

// TestRefusals: an invalid command line is refused with one sentence, and
// nothing is written.
func TestRefusals(t *testing.T) {
	workplace(t)
	for _, c := range refusals {
		refused(t, c[0], "infomorph: "+c[1])
	}
	left, err := os.ReadDir(".")
	if err != nil || len(left) != 3 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	for _, e := range left {
		if e.IsDir() && e.Name() != "folder" {
			t.Errorf("left behind: %v", e)
		}
	}
}
