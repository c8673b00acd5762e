package journal

import "infomorph/neuron"

// Table is a table of results; Rows are as long as Columns and hold string,
// int or float64.
type Table struct {
	Name    string
	Columns []string
	Rows    [][]any
	Instead string // prefix of scores: people are shown the table instead of them; empty: they are not shown it
}

// Figure is what a picture shows, as plain data; how it is drawn is not the
// run's business.
type Figure interface{ figure() }

// Gallery shows patterns side by side, one row of tiles per pattern.
type Gallery struct {
	Title         string
	Width, Height int
	Heads         []string // captions of the columns
	Rows          []GalleryRow
}

// GalleryRow is one pattern in its versions.
type GalleryRow struct {
	Name  string
	Tiles [][]float32 // ±1, or graded
	Notes []string    // one per tile; may be empty
}

// Lines shows one or more curves.
type Lines struct {
	Title, X, Y string
	Series      []Series
	Dashed      []Reference
	Ticks       []string // names of the places 0, 1, … of x; nil: x is a number
	LogX        bool
	Timed       bool   // x is simulated time [s]; X has no say then
	Marks       []Mark // of a timed figure
	Alike       bool   // curves are individuals of one kind, such as neurons
	Direct      bool   // curves are named at their ends
	Note        string // what bands, bars and dots are
}

// Mark is a moment of simulated time: of an event, or the begin of a phase.
type Mark struct {
	Seconds float64
	Name    string
	Phase   bool
}

// Series is one curve, with a band from Low to High unless they are nil.
type Series struct {
	Name      string
	X, Y      []float64
	Low, High []float64
	Strong    bool        // what the figure is about, among others to compare with
	Each      [][]float64 // what each point is the mean of, shown as dots; may be nil
}

// Reference is a dashed horizontal line.
type Reference struct {
	Name string
	Y    float64
}

// Matrix shows a matrix in colour, blue below 0 and red above.
type Matrix struct {
	Title, X, Y, Value string      // Value is what cells hold
	Cells              [][]float64 // by row
	Rows               []string    // names of the rows; nil: they are counted
}

// Raster shows spikes: +1 and −1 in two colours.
type Raster struct {
	Title   string
	Neurons int
	Spikes  []neuron.Spike
	Marks   []Mark
}

// Fields shows one graded picture per neuron, blue below 0 and red above, each
// scaled to its own largest value.
type Fields struct {
	Title         string
	Width, Height int
	Names         []string
	Tiles         [][]float64
}

// Confusion shows how often each class (row) was answered with each (column).
type Confusion struct {
	Title  string
	Names  []string
	Counts [][]float64
}

// Map shows shares, 0 to 1, against two settings: Cells by row from the top.
type Map struct {
	Title, X, Y   string
	Value         string // what cells hold
	Rows, Columns []string
	Cells         [][]float64
}

func (Map) figure()       {}
func (Gallery) figure()   {}
func (Lines) figure()     {}
func (Matrix) figure()    {}
func (Raster) figure()    {}
func (Fields) figure()    {}
func (Confusion) figure() {}
