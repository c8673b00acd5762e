package pid_test

import (
	"fmt"
	"math"

	"infomorph/pid"
)

func printAtoms(d *pid.Decomposition) {
	for _, name := range []string{"unq_r", "unq_c", "red", "syn"} {
		v, _ := d.Atom(name)
		fmt.Printf("%s %.3f  ", name, math.Round(v*1000)/1000+0) // no minus zero
	}
	fmt.Printf("of %.3f bit\n", d.MutualInfo)
}

// XOR: each source alone has no information. The statement that both share is
// misleading, so the shared atom is negative; for broja everything is synergy.
func ExampleDecompose_xor() {
	p := []float64{.25, 0, 0, .25, 0, .25, .25, 0} // p(r,c,y), y fastest
	for _, m := range []pid.Measure{pid.SX, pid.BROJA} {
		d, err := pid.Decompose(m, []int{2, 2, 2}, p)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(m, ": ")
		printAtoms(d)
	}
	// Output:
	// sx: unq_r 0.585  unq_c 0.585  red -0.585  syn 0.415  of 1.000 bit
	// broja: unq_r 0.000  unq_c 0.000  red 0.000  syn 1.000  of 1.000 bit
}

// AND: each source has some information, the same amount for both.
func ExampleDecompose_and() {
	p := []float64{.25, 0, .25, 0, .25, 0, 0, .25}
	d, _ := pid.Decompose(pid.SX, []int{2, 2, 2}, p)
	printAtoms(d)
	// Output:
	// unq_r 0.189  unq_c 0.189  red 0.123  syn 0.311  of 0.811 bit
}

// Copy: the target is the pair (r,c). Most of the information of a source is
// its own; wb treats equal amounts as the same information.
func ExampleDecompose_copy() {
	p := make([]float64, 16)
	for rc := range 4 {
		p[rc*4+rc] = .25
	}
	for _, m := range []pid.Measure{pid.SX, pid.WB, pid.BROJA} {
		d, _ := pid.Decompose(m, []int{2, 2, 4}, p)
		fmt.Print(m, ": ")
		printAtoms(d)
	}
	// Output:
	// sx: unq_r 0.585  unq_c 0.585  red 0.415  syn 0.415  of 2.000 bit
	// wb: unq_r 0.000  unq_c 0.000  red 1.000  syn 1.000  of 2.000 bit
	// broja: unq_r 1.000  unq_c 1.000  red 0.000  syn 0.000  of 2.000 bit
}

// A neuron with a receptive and a contextual port whose goal is redundancy:
// where both agree, it should fire more; where they disagree, the gradient is
// small.
func ExampleWindow() {
	goal, _ := pid.NewGoal(2, map[string]float64{"red": 1}, 0)
	w, err := pid.NewWindow(pid.WindowConfig{NumBins: []int{2, 2}, Capacity: 64, Goal: goal})
	if err != nil {
		fmt.Println(err)
		return
	}
	sign := pid.Bins{Lo: -1, Hi: 1, N: 2}
	for i := range 64 {
		r, c := float64(i&1*2-1), float64(i>>1&1*2-1)
		theta := 1 / (1 + math.Exp(-(r + c)))
		w.Push([3]int{sign.Index(r), sign.Index(c)}, theta)
	}
	if p, ok := w.CellRate([3]int{1, 1}); ok {
		y, _ := w.TargetRate()
		fmt.Printf("%d sources, P(Y=1) %.2f, both on %.2f\n", w.NumSources(), y, p)
	}
	fmt.Printf("goal %.3f bit\n", w.Goal())
	fmt.Printf("gradient: both on %.2f, both off %.2f, apart %.2f\n",
		w.Gradient([3]int{1, 1}), w.Gradient([3]int{0, 0}), math.Abs(w.Gradient([3]int{0, 1})))
	// Output:
	// 2 sources, P(Y=1) 0.50, both on 0.88
	// goal 0.119 bit
	// gradient: both on 1.27, both off -1.27, apart 0.00
}

func ExampleBatchGoal() {
	goal, _ := pid.NewGoal(2, map[string]float64{"unq_r": .1, "red": 1, "syn": .1}, 0)
	bins := [][]int{{0, 0, 1, 1}, {0, 1, 0, 1}}
	theta := []float64{.1, .4, .6, .9}
	gradient := make([]float64, 4)
	g, d, err := pid.BatchGoal(gradient, goal, pid.Samples{NBins: []int{2, 2}, Bins: bins, Theta: theta})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("goal %.4f of %.4f bit, gradient %.3f\n", g, d.MutualInfo, gradient)
	// Output:
	// goal 0.1605 of 0.2800 bit, gradient [-0.392 -0.117 0.117 0.392]
}

func ExamplePointwise() {
	list, _ := pid.Pointwise([]int{2, 2, 2}, []float64{.25, 0, 0, .25, 0, .25, .25, 0})
	for _, r := range list {
		fmt.Printf("%v red %.3f = %.3f − %.3f\n", r.State, r.Atoms[2], r.AtomsPlus[2], r.AtomsMinus[2])
	}
	// Output:
	// [0 0 0] red -0.585 = 0.415 − 1.000
	// [0 1 1] red -0.585 = 0.415 − 1.000
	// [1 0 1] red -0.585 = 0.415 − 1.000
	// [1 1 0] red -0.585 = 0.415 − 1.000
}

func ExampleClassicalGoal() {
	and := []float64{.25, 0, .25, 0, .25, 0, 0, .25} // p(r, c, y) of y = r AND c
	d, err := pid.Decompose(pid.SX, []int{2, 2, 2}, and)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"mi", "mi_r", "mi_c|r", "coinfo", "h_res"} {
		goal, err := pid.ClassicalGoal(name)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s %.3f\n", name, goal.Value(d))
	}
	// Output:
	// mi 0.811
	// mi_r 0.311
	// mi_c|r 0.500
	// coinfo -0.189
	// h_res 0.000
}

// Bins that follow their values: a value outside doubles the range.
func ExampleBins_Widen() {
	b := pid.Bins{Lo: -1, Hi: 1, N: 20}
	for _, v := range []float64{0.5, 2.7} {
		for v > b.Hi {
			b = b.Widen(true)
		}
		fmt.Printf("%.1f is in bin %d of (%g, %g]\n", v, b.Index(v), b.Lo, b.Hi)
	}
	// Output:
	// 0.5 is in bin 14 of (-1, 1]
	// 2.7 is in bin 18 of (-1, 3]
}

func ExampleGoal_Gamma() {
	goal, _ := pid.NewGoal(2, map[string]float64{"red": 1, "syn": -0.5}, 0.1)
	for _, name := range []string{"unq_r", "red", "syn", "h_res"} {
		gamma, ok := goal.Gamma(name)
		fmt.Println(name, gamma, ok)
	}
	// Output:
	// unq_r 0 true
	// red 1 true
	// syn -0.5 true
	// h_res 0.1 true
}

// Of an exclusive or, each input alone tells nothing, and everything if the other
// one is known.
func ExampleInformation_Conditional() {
	xor := []float64{.25, 0, 0, .25, 0, .25, .25, 0} // p(r, c, y)
	in, err := pid.NewInformation([]int{2, 2, 2}, xor)
	if err != nil {
		fmt.Println(err)
		return
	}
	const r, c = 1, 2 // sets of sources as bits
	fmt.Printf("I(Y:R) = %.0f, I(Y:R|C) = %.0f bit\n", in.Mutual(r), in.Conditional(r, c))
	// Output: I(Y:R) = 0, I(Y:R|C) = 1 bit
}

func ExampleLattice_Below() {
	l, err := pid.NewLattice(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range l.Len() {
		fmt.Println(l.Name(i), len(l.Below(i)), "below")
	}
	// Output:
	// {1} 1 below
	// {2} 1 below
	// {1}{2} 0 below
	// {12} 3 below
}
