package journal

import "infomorph/neuron"

// Table is a table of results. Each row has a cell for each column; cells are of type
// string, int or float64.
type Table struct {
	Name    string
	Columns []string
	Rows    [][]any
	Instead string // prefix of scores: users see the table in place of these scores; empty: users do not see the table
}

// Figure is the content of a picture as plain data, without a definition of how to draw
// it.
type Figure interface{ figure() }

// Gallery shows patterns side by side, one row of tiles per pattern.
type Gallery struct {
	Title         string
	Width, Height int
	Heads         []string // captions of the columns
	Rows          []GalleryRow
	Compared      bool // pixels of the other sign than in the first column are wrong
}

// GalleryRow is one pattern in several versions.
type GalleryRow struct {
	Name  string
	Tiles [][]float32 // ±1, or values between
	Notes []string    // one per tile; may be empty
}

// Lines shows one or more curves.
type Lines struct {
	Title, X, Y string
	Series      []Series
	Dashed      []Reference
	Ticks       []string // names of the positions 0, 1, … of x; nil: x is a number
	LogX        bool
	Timed       bool   // x is simulated time [s], and X is ignored
	Marks       []Mark // of a timed figure
	Alike       bool   // curves are individuals of one kind, such as neurons
	Direct      bool   // write the names of curves at their ends
	Note        string // explains bands, bars and dots
}

// Mark is a point in simulated time: an event, or the begin of a phase.
type Mark struct {
	Seconds float64
	Name    string
	Phase   bool
}

// Series is one curve. It has a band from Low to High unless they are nil.
type Series struct {
	Name      string
	X, Y      []float64
	Low, High []float64
	Strong    bool        // the subject of the figure; the other curves are for comparison
	Each      [][]float64 // the values whose mean each point is, shown as dots; may be nil
}

// Reference is a dashed horizontal line.
type Reference struct {
	Name string
	Y    float64
}

// Matrix shows a matrix in colour, blue below 0 and red above.
type Matrix struct {
	Title, X, Y, Value string      // Value describes the cells
	Cells              [][]float64 // by row
	Rows               []string    // names of the rows; nil: their numbers
}

// Raster shows spikes: +1 and −1 in two colours.
type Raster struct {
	Title   string
	Neurons int
	Spikes  []neuron.Spike
	Marks   []Mark
}

// Fields shows one graded picture per neuron, blue below 0 and red above. Each picture is
// scaled to its own largest value.
type Fields struct {
	Title         string
	Width, Height int
	Names         []string
	Tiles         [][]float64
}

// Confusion shows how often items of each class (row) were classified as each class
// (column).
type Confusion struct {
	Title  string
	Names  []string
	Counts [][]float64
}

// Map shows shares from 0 to 1 against two settings. Cells has a slice for each row, from
// the top.
type Map struct {
	Title, X, Y   string
	Value         string // describes the cells
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
