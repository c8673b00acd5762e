// Package pid decomposes the information that several sources carry about a
// target into redundant, unique and synergistic atoms: partial information
// decomposition (PID).
//
// # The question
//
// Two sources R and C tell about a target Y. The mutual information I(Y:RC)
// counts how much, in bits, but not how: do both say the same (redundancy),
// does only one know it (unique information), or does it show only when both
// are read together (synergy)? Three equations tie four unknowns:
//
//	I(Y:R)  = unq_r + red
//	I(Y:C)  = unq_c + red
//	I(Y:RC) = unq_r + unq_c + red + syn
//
// One more definition settles them: a measure of redundancy. XOR is the
// example to keep in mind: neither source tells anything alone, both together
// tell all.
//
// # Antichains and the lattice
//
// With more sources the parts are named by antichains: {1}{23} is what source
// 1 knows and what sources 2 and 3 know together. They form a [Lattice]: α ≤ β
// if whoever can read β can read α. A redundancy I∩(α) is cumulative, it counts
// everything below α; the atoms Π are its Möbius inverse
//
//	Π(α) = I∩(α) − Σ_{β<α} Π(β)
//
// There are 4, 18, 166 and 7,579 atoms for 2 to 5 sources. For two sources {1} is
// unq_r, {2} unq_c, {1}{2} red and {12} syn.
//
// # Shared exclusions
//
// The measure of infomorphic neurons ([SX], Makkeh, Gutknecht and Wibral 2021)
// asks what we learn from one statement both sources agree on: "R is r or C is
// c". The event W holds all states for which it is true, and
//
//	i(s,t) = log2( P(t|W) / p(t) ),  I∩ = Σ p(s,t)·i(s,t)
//
// It is pointwise ([Pointwise]), differentiable in p, and defined for any number
// of sources. It splits into an informative part −log2 P(W), how much W rules
// out, and a misinformative part log2( p(t)/P(W,t) ), how much of that was the
// truth.
//
// # Negative atoms
//
// An atom of sx, pm or ccs can be negative: what the sources share then points
// away from what happened, on average. For XOR the statement "R is 0 or C is
// 0" makes the true value less probable than before: red = log2(2/3) = −0.585.
// The informative and misinformative parts are redundancies of their own.
// Averages over a negative atom are right; only "how many bits" is to be read
// as "how many bits misled".
//
// # Which measure when
//
//   - sx: learning rules and anything that needs gradients, single outcomes,
//     or more than two sources.
//   - broja: two sources, a decision-theoretic reading (who could win which
//     bet), atoms never negative; costs an optimisation.
//   - mmi: exact for Gaussian variables, a quick bound for others.
//   - wb: the historical reference; it counts equal amounts as equal content,
//     so that two independent copied bits look redundant.
//   - pm: pointwise like sx, with redundancy as the smaller surprisal.
//   - ccs: changes of surprisal that agree in sign; jumps where a sign changes.
//   - dep: unique information as what the tie to a source adds at least; two
//     sources, atoms never negative.
//
// # Goals and learning
//
// A neuron's [Goal] weighs the atoms of what its inputs tell about its own
// output. [BatchGoal] evaluates it with its gradient over a batch; a [Window]
// keeps the last samples in exact integer sums and gives the gradient for the
// cell a neuron is in, without allocating.
//
// The package is pure: no goroutines, clocks, files or global randomness.
// Results depend on the arguments alone, to the last bit per GOARCH.
//
// # References
//
// Williams, Beer: Nonnegative decomposition of multivariate information,
// arXiv 1004.2515 (2010). Bertschinger, Rauh, Olbrich, Jost, Ay: Quantifying
// unique information, Entropy 16 (2014). Barrett: Exploration of synergistic
// and redundant information sharing, Phys. Rev. E 91 (2015). Ince: Measuring
// multivariate redundant information with pointwise common change in
// surprisal, Entropy 19 (2017). James, Emenheiser, Crutchfield: Unique
// information via dependency constraints, J. Phys. A 52 (2019). Finn, Lizier: Pointwise partial information
// decomposition using the specificity and ambiguity lattices, Entropy 20
// (2018). Makkeh, Gutknecht, Wibral: Introducing a differentiable measure of
// pointwise shared information, Phys. Rev. E 103 (2021). Makkeh, Graetz,
// Schneider, Ehrlich, Priesemann, Wibral: A general framework for
// interpretable neural learning based on local information-theoretic goal
// functions, PNAS 122 (2025). Schneider et al.: What should a neuron aim for?
// Designing local objective functions based on information theory, ICLR
// (2025), arXiv 2412.02482.
package pid
