// Package pid decomposes the information that several sources carry about a
// target into redundant, unique and synergistic atoms: partial information
// decomposition (PID).
//
// # The question
//
// Two sources R and C carry information about a target Y. The mutual
// information I(Y:RC) counts how much, in bits, but does not say how: is the
// same information in both (redundancy), in only one of them (unique
// information), or does it appear only when both are known together (synergy)?
// Three equations relate four unknowns:
//
//	I(Y:R)  = unq_r + red
//	I(Y:C)  = unq_c + red
//	I(Y:RC) = unq_r + unq_c + red + syn
//
// One more definition determines them: a measure of redundancy. XOR is the
// standard example: each source alone has no information, both together have
// all of it.
//
// # Antichains and the lattice
//
// With more sources the parts are named by antichains: {1}{23} is the
// information that is in source 1 and also in sources 2 and 3 together. The
// antichains form a [Lattice]: α ≤ β if everyone who knows β also knows α. A
// redundancy I∩(α) is cumulative: it counts everything below α. The atoms Π are
// its Möbius inverse
//
//	Π(α) = I∩(α) − Σ_{β<α} Π(β)
//
// There are 4, 18, 166 and 7,579 atoms for 2 to 5 sources. For two sources {1} is
// unq_r, {2} unq_c, {1}{2} red and {12} syn.
//
// # Shared exclusions
//
// The measure of infomorphic neurons ([SX], Makkeh, Gutknecht and Wibral 2021)
// is the information in one statement that is true for both sources: "R is r or
// C is c". The event W contains all states in which it is true, and
//
//	i(s,t) = log2( P(t|W) / p(t) ),  I∩ = Σ p(s,t)·i(s,t)
//
// It is pointwise ([Pointwise]), differentiable in p, and defined for any
// number of sources. It is the difference of an informative part −log2 P(W),
// which grows with the probability that W excludes, and a misinformative part
// log2( p(t)/P(W,t) ), which grows with the part of that probability in which
// the true t occurs.
//
// # Negative atoms
//
// An atom of sx, pm or ccs can be negative: on average, the shared information
// then makes what happened less probable. For XOR the statement "R is 0 or C is
// 0" makes the true value less probable than before: red = log2(2/3) = −0.585.
// The informative and misinformative parts are redundancies of their own.
// Averages that include a negative atom are correct; a negative number of bits
// means misleading information.
//
// # Which measure when
//
//   - sx: learning rules and everything that needs gradients, single outcomes,
//     or more than two sources.
//   - broja: two sources, a decision-theoretic interpretation, atoms never
//     negative; needs an optimisation.
//   - mmi: exact for Gaussian variables, a quick bound for others.
//   - wb: the historical reference; it treats equal amounts of information as
//     the same information, so that two independent copied bits look redundant.
//   - pm: pointwise like sx, with redundancy as the smaller surprisal.
//   - ccs: changes of surprisal with the same sign; discontinuous where a sign
//     changes.
//   - dep: unique information as the smallest amount that the dependency on a
//     source adds; two sources, atoms never negative.
//
// # Goals and learning
//
// A neuron's [Goal] is a weighted sum of the atoms of the information that its
// inputs have about its own output. [BatchGoal] evaluates a goal and its
// gradient over a batch. A [Window] keeps the last samples in exact integer
// sums and gives the gradient for the present cell of a neuron, without
// allocating.
//
// The package is pure: no goroutines, clocks, files or global randomness.
// Results depend only on the arguments. They are the same to the last bit per
// GOARCH.
//
// # References
//
// Williams, Beer: Nonnegative decomposition of multivariate information, arXiv
// 1004.2515 (2010). Bertschinger, Rauh, Olbrich, Jost, Ay: Quantifying unique
// information, Entropy 16 (2014). Barrett: Exploration of synergistic and
// redundant information sharing, Phys. Rev. E 91 (2015). Ince: Measuring
// multivariate redundant information with pointwise common change in surprisal,
// Entropy 19 (2017). James, Emenheiser, Crutchfield: Unique information via
// dependency constraints, J. Phys. A 52 (2019). Finn, Lizier: Pointwise partial
// information decomposition using the specificity and ambiguity lattices,
// Entropy 20 (2018). Makkeh, Gutknecht, Wibral: Introducing a differentiable
// measure of pointwise shared information, Phys. Rev. E 103 (2021). Makkeh,
// Graetz, Schneider, Ehrlich, Priesemann, Wibral: A general framework for
// interpretable neural learning based on local information-theoretic goal
// functions, PNAS 122 (2025). Schneider et al.: What should a neuron aim for?
// Designing local objective functions based on information theory, ICLR (2025),
// arXiv 2412.02482.
package pid
