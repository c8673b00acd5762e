package scenarios

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/dataset"
	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/pid"
)

// Makkeh et al. 2025, fig. 4, on drawn digits.
func TestDigitsOnline(t *testing.T) {
	n := play(t, "digits", nil, "digits.samples=6000", "digits.test=1000", "digits.baselines=2")
	n.want(t, "accuracy.test", 0.94, 1)
	n.want(t, "accuracy.marginal", 0.94, 1)
	n.want(t, "baseline.softmax", 0.9, 1)
	n.want(t, "fields.cosine_to_logistic", 0.5, 1)
}

func TestDigitsInBatches(t *testing.T) {
	n := play(t, "digits-batch", nil, "digits.samples=4000", "digits.test=1000", "digits.passes=15", "digits.baselines=0")
	n.want(t, "accuracy.test", 0.94, 1)
	n.want(t, "goal", 0.3, 0.47)
}

const mnistFolder = "../../shared/data/mnist"

func TestMNIST(t *testing.T) {
	if testing.Short() {
		t.Skip("a pass over part of MNIST takes seconds")
	}
	if _, err := os.Stat(mnistFolder); err != nil {
		t.Skip("no MNIST beside the repository: ", err)
	}
	sets := []string{"digits.data=" + mnistFolder, "digits.checksum=ba891046", "digits.samples=15000", "digits.test=2000", "digits.baselines=0"}
	play(t, "digits", diskFiles("."), sets...).want(t, "accuracy.test", 0.86, 1)
}

// writeIDX writes an IDX file of bytes with the given header.
func writeIDX(t *testing.T, dir, name string, data []byte, head ...uint32) {
	t.Helper()
	var b []byte
	for _, v := range head {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	if err := os.WriteFile(filepath.Join(dir, name), append(b, data...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// imageFolder returns a folder of drawn digits in the four files of MNIST.
func imageFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	set := dataset.DefaultStrokes().Draw(60, rand.New(rand.NewPCG(1, 2)))
	for _, names := range [][2]string{{trainImages, trainLabels}, {testImages, testLabels}} {
		writeIDX(t, dir, names[0], set.Pixels, 0x803, 60, 14, 14)
		writeIDX(t, dir, names[1], set.Labels, 0x801, 60)
	}
	return dir
}

func TestDigitsFromFiles(t *testing.T) {
	play(t, "digits", diskFiles(imageFolder(t)), "digits.data=.", "digits.passes=30", "digits.baselines=0").want(t, "accuracy.test", 0.9, 1)
}

// Whatever is wrong with a file of images gets one error that names it, at the
// key, in both tasks that read them.
func TestDigitsFilesThatDoNotFit(t *testing.T) {
	labels := make([]byte, 60)
	wrong := append([]byte{10}, labels[1:]...)
	for want, damage := range map[string]func(dir string){
		"truncated: 50 bytes":                    func(dir string) { writeIDX(t, dir, trainImages, labels[:50], 0x803, 60, 14, 14) },
		"magic number 0x801":                     func(dir string) { writeIDX(t, dir, trainImages, labels, 0x801, 60) },
		"label 0 is 10, expected 0 to 9":         func(dir string) { writeIDX(t, dir, testLabels, wrong, 0x801, 60) },
		"has 60 images, but " + trainLabels:      func(dir string) { writeIDX(t, dir, trainLabels, labels[:50], 0x801, 50) },
		"differ in size":                         func(dir string) { writeIDX(t, dir, testImages, make([]byte, 60*49), 0x803, 60, 7, 7) },
		"it ends within the header":              func(dir string) { writeIDX(t, dir, testImages, nil) },
		"expected at most 4096":                  func(dir string) { writeIDX(t, dir, testImages, nil, 0x803, 1, 1, 1<<30) },
		testLabels + ".gz: not a gzip file":      func(dir string) { writeIDX(t, dir, testLabels+".gz", labels, 0x801, 60); remove(t, dir, testLabels) },
		"each as it is or with .gz":              func(dir string) { remove(t, dir, testLabels) },
		"the SHA-256 of " + trainImages + " is ": func(string) {},
	} {
		dir := imageFolder(t)
		damage(dir)
		for name, key := range map[string]string{"digits": "digits", "hidden-layer": "hidden_layer"} {
			sets := []string{key + ".data=."}
			if strings.Contains(want, "SHA-256") {
				sets = append(sets, key+".checksum=00ff")
			}
			_, err := loadTask(t, name, diskFiles(dir), sets...)
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), key+".data") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: got %v, want %s", name, err, want)
			}
		}
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

// The marginal readout interpolates between bins and reaches over empty ones.
func TestMarginal(t *testing.T) {
	m := newMarginal(pid.Bins{Lo: -2, Hi: 2, N: 4})
	m.add(3, -1.5, 0.2)
	m.add(3, 0.5, 0.6)
	m.add(3, 0.5, 0.8)
	for r, want := range map[float64]float64{-9: 0.2, -1.5: 0.2, 0.5: 0.7, 9: 0.7, -0.5: 0.2, 0: 0.45} {
		if got := m.rate(3, r); math.Abs(got-want) > 1e-12 {
			t.Errorf("rate(%v) = %v, want %v", r, got, want)
		}
	}
	if m.rate(0, 1) != 0.5 {
		t.Error("a neuron that was never seen is undecided")
	}
}

func TestQuantised(t *testing.T) {
	two := (&Digits{Levels: 2}).quantised()
	if two[0] != 0 || two[120] != 0 || two[140] != 1 || two[255] != 1 {
		t.Errorf("two levels: %v", two)
	}
	all := (&Digits{}).quantised()
	if all[51] != 0.2 {
		t.Errorf("all levels: %v", all[51])
	}
}

func TestDigitsResume(t *testing.T) {
	small := []string{"digits.samples=230", "digits.test=120", "digits.passes=2", "digits.baselines=0", "record.atoms=3"}
	for _, at := range []int{1, 4, 5, 9, 11} { // within passes, between them, and in the test
		resumes(t, at, "digits", small...)
	}
	for _, at := range []int{1, 3, 4, 7, 9} {
		resumes(t, at, "digits-batch", append(small, "digits.batch.size=64")...)
	}
}

func TestDigitsStateOfAnotherRun(t *testing.T) {
	task := taskOf(t, "digits", nil, "digits.samples=60", "digits.test=20", "digits.baselines=0").(*digitsTask)
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	if err := task.Run(e, newNotebook()); err != nil {
		t.Fatal(err)
	}
	saved, err := task.Save()
	if err != nil {
		t.Fatal(err)
	}
	for want, bad := range map[string][]byte{
		"not a state":      []byte("{"),
		"not those":        bytes.Replace(saved, []byte(`"Digest":"`), []byte(`"Digest":"0`), 1),
		"does not fit":     bytes.Replace(saved, []byte(`"Pass":1`), []byte(`"Pass":7`), 1),
		"state does not f": bytes.Replace(saved, []byte(`"Lo":-10`), []byte(`"Lo":10`), 1),
	} {
		if err := task.Resume(e, newNotebook(), bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A neuron that fires less for its own digit is read the other way round.
func TestOrientation(t *testing.T) {
	var o orientation
	o.learn([]float64{.9, .9, .5, .5, .5, .5, .5, .5, .5, .5, .2, .1, .5, .5, .5, .5, .5, .5, .5, .5},
		[]float64{1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, -1, -1, -1, -1, -1, -1, -1, -1})
	if o.sign(0) != 1 || o.sign(1) != -1 || o.sign(2) != 1 {
		t.Errorf("signs %v %v %v", o.sign(0), o.sign(1), o.sign(2))
	}
	if at := o.best([]float64{1, -2, 0, 0, 0, 0, 0, 0, 0, 0}); at != 1 {
		t.Errorf("the answer is %d, want 1", at)
	}
}

// What is learnt in batches is in the neurons of the engine afterwards: they
// answer like the population.
func TestBatchesEndInTheNetwork(t *testing.T) {
	task := taskOf(t, "digits-batch", nil, "digits.samples=1000", "digits.test=300", "digits.passes=3", "digits.baselines=0").(*digitsTask)
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	n := newNotebook()
	if err := task.Run(e, n); err != nil {
		t.Fatal(err)
	}
	course := task.run.state.Accuracy
	n.want(t, "accuracy.test", course[len(course)-1], course[len(course)-1])
	reports, err := e.Report([]neuron.ID{3}, neuron.WantWeights)
	if err != nil {
		t.Fatal(err)
	}
	b := task.run.batched
	for i, w := range reports[0].Weights[neuron.Receptive] {
		if want := b.Ports[neuron.Receptive].Weights[i*digitClasses+3]; w != want {
			t.Fatalf("weight %d is %v in the engine, %v in the population", i, w, want)
		}
	}
	if bias := b.Ports[neuron.Receptive].Weights[task.train.Size()*digitClasses+3]; reports[0].Bias[neuron.Receptive] != bias || bias == 0 {
		t.Errorf("bias %v, want %v", reports[0].Bias, bias)
	}
}
