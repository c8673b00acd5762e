package neuron_test

import (
	"fmt"

	"infomorph/neuron"
	"infomorph/pid"
)

// memoryConfig is a neuron that learns to predict its receptive input from its
// context: it maximises redundancy.
func memoryConfig() *neuron.Config {
	goal, err := pid.NewGoal(2, map[string]float64{"red": 1}, 0)
	if err != nil {
		panic(err)
	}
	cfg := &neuron.Config{
		Sources: 2, Activation: neuron.DefaultActivation(neuron.Sum), Goal: goal,
		Window: 64, Plastic: true, Dynamics: neuron.Teacher,
		Prior: neuron.Prior{Mass: 2, Sigma: 2},
	}
	cfg.Ports[neuron.Receptive] = neuron.PortConfig{Bins: pid.Bins{Lo: -1, Hi: 1, N: 2}}
	cfg.Ports[neuron.Contextual] = neuron.PortConfig{
		Bins: pid.Bins{Lo: -20, Hi: 20, N: 60},
		Rule: neuron.GoalGradient, Rate: neuron.Constant(5), Clip: 10,
	}
	return cfg
}

// A neuron that is taught a bit together with a context recalls the bit from
// the context alone.
func Example() {
	weights := [neuron.NumPorts][]float64{neuron.Receptive: {2.3}, neuron.Contextual: {0, 0, 0}}
	n, err := neuron.New(0, memoryConfig(), 1, weights)
	if err != nil {
		fmt.Println(err)
		return
	}
	present := func(at neuron.Time, bit float32, do neuron.Flags) float32 {
		in := neuron.Inbox{
			Events: []neuron.Event{
				{Time: at, Port: neuron.Receptive, Value: bit},
				{Time: at, Port: neuron.Contextual, Slot: 0, Value: +1},
				{Time: at, Port: neuron.Contextual, Slot: 1, Value: -1},
				{Time: at, Port: neuron.Contextual, Slot: 2, Value: +1},
			},
			Signals: []neuron.Signal{{Time: at, Kind: neuron.Tick, Flags: do, Last: 1}},
			End:     at + neuron.Millisecond,
		}
		var out neuron.Output
		n.Advance(in, &out)
		return out.Spikes[0].Value
	}
	for k := range neuron.Time(30) {
		present(k*neuron.Millisecond, -1, neuron.Fire|neuron.Learn)
	}
	weights0 := n.Report(neuron.WantWeights).Weights[neuron.Contextual]
	fmt.Println("weights have the signs of context × bit:", weights0[0] < 0, weights0[1] > 0, weights0[2] < 0)

	var out neuron.Output
	n.Advance(neuron.Inbox{End: neuron.Second, Signals: []neuron.Signal{{
		Time: 900 * neuron.Millisecond, Kind: neuron.SetDynamics, Value: float64(neuron.Sign), Last: 1}}}, &out)
	fmt.Println("without a teacher it says", present(neuron.Second, 0, neuron.Fire))
	// Output:
	// weights have the signs of context × bit: true true true
	// without a teacher it says -1
}

// The state of a neuron is bytes; a neuron restored from them continues in the
// same way.
func ExampleNeuron_AppendBinary() {
	born := func() *neuron.Neuron {
		n, err := neuron.New(7, memoryConfig(), 1, [neuron.NumPorts][]float64{neuron.Receptive: {1}})
		if err != nil {
			panic(err)
		}
		return n
	}
	state, err := born().AppendBinary(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(born().UnmarshalBinary(state))
	fmt.Println(born().UnmarshalBinary(state[:50]))
	// Output:
	// <nil>
	// neuron: not a state of this neuron: neuron 7: the length does not fit
}

func ExampleActivation_Eval() {
	a := neuron.DefaultActivation(neuron.Modulatory)
	agree, _ := a.Eval([neuron.NumPorts]float64{neuron.Receptive: 1, neuron.Contextual: 3})
	differ, _ := a.Eval([neuron.NumPorts]float64{neuron.Receptive: 1, neuron.Contextual: -3})
	fmt.Printf("a context that agrees drives harder: %.2f, %.2f\n", agree, differ)
	fmt.Printf("P(Y=+1): %.2f, %.2f\n", neuron.Theta(agree, neuron.ThetaFloor), neuron.Theta(differ, neuron.ThetaFloor))
	// Output:
	// a context that agrees drives harder: 1.50, 0.50
	// P(Y=+1): 0.82, 0.62
}

func ExampleSchedule() {
	rate := neuron.Schedule{Start: 5, End: 0.25, From: 0, To: 100}
	fmt.Println("planned:", rate.At(0, 1), rate.At(50, 1), rate.At(1000, 1))
	own := neuron.Schedule{Start: 5, Halfway: 100}
	fmt.Println("its own:", own.At(0, 1), own.At(100, 1), own.At(900, 1))
	sure := neuron.Schedule{Start: 5, End: 1, Residual: 0.1}
	fmt.Println("residual entropy:", sure.At(900, 1), sure.At(900, 0.05), sure.At(900, 0))
	// Output:
	// planned: 5 2.625 0.25
	// its own: 5 2.5 0.5
	// residual entropy: 5 3 1
}

func ExampleNewRand() {
	a, b := neuron.NewRand(1, neuron.ForStimulus, 0), neuron.NewRand(1, neuron.ForStimulus, 0)
	fmt.Println("the same seed, purpose and unit:", a.Uint64() == b.Uint64())
	c := neuron.NewRand(1, neuron.ForWeights, 0)
	fmt.Println("another purpose:", a.Uint64() == c.Uint64())
	// Output:
	// the same seed, purpose and unit: true
	// another purpose: false
}

func ExampleDefaultEmphatic() {
	plain, emphatic := neuron.DefaultBelief(), neuron.DefaultEmphatic()
	fmt.Println("doubt makes louder:", plain.Emphasis > 0, emphatic.Emphasis > 0)
	// Output: doubt makes louder: false true
}
