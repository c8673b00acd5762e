package reproduce_test

import (
	"fmt"

	"infomorph/scenarios/reproduce"
)

// The claim of an entry in the registry, and how to measure it.
func Example() {
	pack, err := reproduce.Open(reproduce.Options{Dir: "reproductions", Seeds: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	chosen, err := pack.Choose([]string{"bars"})
	if err != nil {
		fmt.Println(err)
		return
	}
	e := chosen[0]
	all, _ := pack.Command(e)
	fmt.Println(e.Checks[0].Subject(), "in", pack.Folder(e))
	fmt.Println(all)
	// Output:
	// bars.success ≥ 1 in reproductions/bars-seeds-2
	// infomorph reproduce bars --seeds 2
}
