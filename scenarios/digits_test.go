package scenarios

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

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

func TestDigitsFilesThatDoNotFit(t *testing.T) {
	if _, err := os.Stat(mnistFolder); err != nil {
		t.Skip("no MNIST beside the repository: ", err)
	}
	_, err := loadTask(t, "digits", diskFiles("."), "digits.data="+mnistFolder, "digits.checksum=ff")
	if err == nil || !strings.Contains(err.Error(), "digits.data") || !strings.Contains(err.Error(), "is ba891046") {
		t.Errorf("got %v", err)
	}
	_, err = loadTask(t, "digits", diskFiles("."), "digits.data=nowhere")
	if err == nil || !strings.Contains(err.Error(), "digits.data") || !strings.Contains(err.Error(), trainImages) {
		t.Errorf("got %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, trainImages), []byte("no IDX"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = loadTask(t, "digits", diskFiles(dir), "digits.data=."); err == nil || !strings.Contains(err.Error(), "magic number") {
		t.Errorf("got %v", err)
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
