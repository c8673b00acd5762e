package language

import (
	"errors"
	"fmt"
	"math"

	"infomorph/internal/config"
)

// Source defines where items come from. An item gives values to one or more inputs, and
// may have a name, a label and named features.
type Source struct {
	Patterns *Patterns               `yaml:"patterns" doc:"Patterns of ±1: random patterns, letters, ASCII art, or pictures from a folder. Field: pattern." oneof:"kind" example:"{source: letters, width: 10, height: 10}"`
	Bars     *Bars                   `yaml:"bars" doc:"An endless sequence of pictures of independent bars. Fields: image; features: one for each bar." oneof:"kind" example:"{rows: 8}"`
	Patches  *Patches                `yaml:"patches" doc:"An endless sequence of pieces of grey pictures, each with mean 0 and standard deviation 1. Field: image." oneof:"kind"`
	Strokes  *Strokes                `yaml:"strokes" doc:"Drawn digits. Field: image; label 0 to 9; parts train and test." oneof:"kind" example:"{train: 10000, test: 2000}"`
	IDX      *IDX                    `yaml:"idx" doc:"Labelled pictures in the format of MNIST. Field: image; label; parts train and test." oneof:"kind" example:"{folder: mnist}"`
	Table    *Table                  `yaml:"table" doc:"A table file with one row per item. Fields: the columns named in fields; label." oneof:"kind"`
	Images   *Images                 `yaml:"images" doc:"A folder of pictures, or a folder with one folder of pictures for each label. Field: image." oneof:"kind"`
	Markov   *Markov                 `yaml:"markov" doc:"An endless Markov chain of symbols. Fields: now and before, one-hot; label: the symbol." oneof:"kind"`
	Spikes   *SpikeFile              `yaml:"spikes" doc:"Recorded spike trains." oneof:"kind" example:"{file: trains.csv, channels: 20}"`
	Poisson  *PoissonTrains          `yaml:"poisson" doc:"Poisson spike trains, with rates that depend on the class." oneof:"kind"`
	RHM      *RandomHierarchy        `yaml:"random_hierarchy" doc:"The Random Hierarchy Model: strings that a random grammar generates from class labels. Field: string, one-hot by position; label; features: the symbols of the levels in between." oneof:"kind"`
	Generate *Generator              `yaml:"generate" doc:"A Starlark function that returns one item at a time." oneof:"kind"`
	Custom   *Custom                 `yaml:"custom" doc:"A kind of source that was added by a program that embeds Infomorph." oneof:"kind"`
	To       config.Named[FieldInto] `yaml:"to" doc:"Which field goes to each input." required:"true" maxItems:"1000" example:"{pixels: image, digit: {field: label, off: -1}}"`
	Split    *Split                  `yaml:"split" doc:"Divide the items into the parts train and test, without shared items. For sources that do not have such parts themselves."`
	First    int                     `yaml:"first" doc:"Use only this number of items from the beginning of each part; 0 is all." default:"0" min:"0"`
}

// FieldInto defines how a field of an item is presented to an input. A document gives the
// name of the field or a section.
type FieldInto struct {
	Field  string  `yaml:"field" doc:"Field of the item. label is encoded one-hot, features with one channel each; spikes are sent at their times." required:"true"`
	On     float64 `yaml:"on" doc:"Value of a one-hot or binary field that is on." default:"1" min:"-1e6" max:"1e6"`
	Off    float64 `yaml:"off" doc:"Value of a one-hot or binary field that is off; -1 gives patterns and bars as ±1." default:"0" min:"-1e6" max:"1e6"`
	Levels int     `yaml:"levels" doc:"Round grey values to this number of levels; fewer levels give fewer spikes. 0 keeps all." default:"0" min:"0" max:"256"`
	Scale  float64 `yaml:"scale" doc:"Factor of numeric fields." default:"1" min:"-1e6" max:"1e6"`
}

// Split divides the items of a source into parts.
type Split struct {
	Test config.Fraction `yaml:"test" doc:"Share of the items for the test, drawn from the seed." default:"20%" exclusiveMin:"0%" exclusiveMax:"100%"`
	By   string          `yaml:"by" doc:"Items of a table with the same value in this column stay together, such as those of one subject. Without it, rows are independent. Equal rows always stay together."`
}

// Patterns is a source of binary patterns.
type Patterns struct {
	Source      string          `yaml:"source" doc:"random: bits. letters: the built-in alphabet. text: a file of ASCII art. images: a folder of pictures." default:"letters" enum:"random,letters,text,images"`
	Count       int             `yaml:"count" doc:"Number of patterns; 0 takes all." default:"0" min:"0" max:"1000000"`
	Path        string          `yaml:"path" doc:"File or folder, for text and images; relative to the scenario's folder."`
	Width       int             `yaml:"width" doc:"Pixels per row." default:"10" min:"1" max:"4096"`
	Height      int             `yaml:"height" doc:"Number of rows; 0 is the same as pixels per row." default:"0" min:"0" max:"4096"`
	P           config.Fraction `yaml:"p" doc:"Share of bits that are on, for random." default:"50%" exclusiveMin:"0%" exclusiveMax:"100%"`
	Correlation float64         `yaml:"correlation" doc:"Correlation of a bit with the one before it in the same pattern, for random." default:"0" min:"0" exclusiveMax:"1"`
	Drift       float64         `yaml:"drift" doc:"Correlation of a bit with the same bit of the previous pattern, for random." default:"0" min:"0" exclusiveMax:"1"`
}

// Bars is a source of pictures of independent bars.
type Bars struct {
	Rows    int             `yaml:"rows" doc:"Number of horizontal bars, one per row." default:"8" min:"0" max:"256"`
	Columns int             `yaml:"columns" doc:"Number of vertical bars, one per column, combined with the others by OR. 0 is none." default:"0" min:"0" max:"256"`
	Width   int             `yaml:"width" doc:"Pixels per row, if there are no vertical bars; 0 is the same as rows." default:"0" min:"0" max:"1024"`
	P       float64         `yaml:"p" doc:"Probability of each bar; 0 means 1/2, or 1/rows if bars cross." default:"0" min:"0" exclusiveMax:"1"`
	Flips   config.Fraction `yaml:"flips" doc:"Probability with which each pixel is flipped." default:"0%" min:"0%" max:"50%"`
}

// Patches is a source of pieces of pictures.
type Patches struct {
	Folder string `yaml:"folder" doc:"Folder of pictures; relative to the scenario's folder." required:"true"`
	Side   int    `yaml:"side" doc:"Pixels of a side." default:"8" min:"2" max:"256"`
}

// Strokes is a source of drawn digits.
type Strokes struct {
	Train int             `yaml:"train" doc:"Number of digits for training." default:"20000" min:"1" max:"10000000"`
	Test  int             `yaml:"test" doc:"Number of digits for the test." default:"4000" min:"0" max:"10000000"`
	Side  int             `yaml:"side" doc:"Pixels of a side." default:"14" min:"4" max:"256"`
	Flips config.Fraction `yaml:"flips" doc:"Probability with which a pixel is inverted." default:"3%" min:"0%" max:"50%"`
	Shift float64         `yaml:"shift" doc:"Largest shift of a digit in each direction, in fourteenths of a side. From 2 on, a linear readout makes many errors." default:"1.2" min:"0" max:"14"`
}

// IDX is the four files of MNIST, or of data in the same format.
type IDX struct {
	Folder   string `yaml:"folder" doc:"Folder with the four files, compressed or not; relative to the scenario's folder." required:"true"`
	Checksum string `yaml:"checksum" doc:"Expected beginning of the SHA-256 of the uncompressed training images, in hex. Empty: not checked." example:"ba891046"`
	Train    int    `yaml:"train" doc:"Number of training images; 0 is all in the file." default:"0" min:"0" max:"10000000"`
	Test     int    `yaml:"test" doc:"Number of test images; 0 is all in the file." default:"0" min:"0" max:"10000000"`
}

// Table is a source that reads a table file.
type Table struct {
	File   string                `yaml:"file" doc:"CSV, TSV, Parquet, NPY or NPZ; relative to the scenario's folder." required:"true"`
	Fields config.Named[Columns] `yaml:"fields" doc:"Fields of an item. Each consists of one or more numeric columns." required:"true" maxItems:"1000" example:"{body: [length, width], place: [depth]}"`
	Label  string                `yaml:"label" doc:"Column with the label."`
	Name   string                `yaml:"name" doc:"Column with names of the items."`
	Part   string                `yaml:"part" doc:"Column with the values train or test. Without it, see split."`
	Scale  string                `yaml:"scale" doc:"none: numbers as they are. standard: each column has mean 0 and standard deviation 1 on the training part." default:"none" enum:"none,standard"`
	Comma  bool                  `yaml:"decimal_comma" doc:"Numbers have decimal commas: 1,5 is one and a half." default:"false"`
}

// Images is a source that reads a folder of pictures.
type Images struct {
	Folder string `yaml:"folder" doc:"The folder; relative to the scenario's folder." required:"true"`
	Width  int    `yaml:"width" doc:"Width in pixels to which pictures are scaled." required:"true" min:"1" max:"4096"`
	Height int    `yaml:"height" doc:"Height in pixels to which pictures are scaled." required:"true" min:"1" max:"4096"`
	Binary bool   `yaml:"binary" doc:"Pixels are 1 (ink) or −1 (background) instead of grey values from 0 to 1." default:"false"`
}

// Markov is a source whose symbols come from a Markov chain.
type Markov struct {
	Symbols []string    `yaml:"symbols" doc:"Names of the symbols." required:"true" minItems:"2" maxItems:"1000"`
	Matrix  [][]float64 `yaml:"matrix" doc:"Probability of each symbol (column) after each symbol (row). The sum of a row is 1." required:"true" maxItems:"1000"`
}

// SpikeFile is a file of recorded spikes.
type SpikeFile struct {
	File     string          `yaml:"file" doc:"CSV or Parquet with the columns time and channel, and optionally item and label (for several trains) and value (default 1). Or an address-event file with 5 bytes per event (.bin), or a folder of such files, in folders named after the labels. Relative to the scenario's folder." required:"true"`
	Unit     string          `yaml:"unit" doc:"Unit of the times in a table." default:"us" enum:"us,ms,s"`
	Comma    bool            `yaml:"decimal_comma" doc:"Numbers in a text table have decimal commas: 1,5 is one and a half." default:"false"`
	Channels int             `yaml:"channels" doc:"Number of channels; for address-event files 2·width·height." required:"true" min:"1" max:"10000000"`
	Width    int             `yaml:"width" doc:"Pixels per row, for address-event files." default:"34" min:"1" max:"4096"`
	Hold     config.Duration `yaml:"hold" doc:"How long a channel keeps the value of a spike before it returns to 0; 0us means until its next spike." default:"0us" max:"1h"`
}

// PoissonTrains is a source of Poisson spike trains.
type PoissonTrains struct {
	Rates    [][]float64     `yaml:"rates" doc:"Rate of each channel (column) for each class (row)." unit:"1/s" required:"true" maxItems:"1000"`
	Duration config.Duration `yaml:"duration" doc:"Length of a train." default:"100ms" exclusiveMin:"0us" max:"1h"`
	Count    int             `yaml:"count" doc:"Number of trains; classes take turns." required:"true" min:"1" max:"10000000"`
	Hold     config.Duration `yaml:"hold" doc:"How long a channel keeps the value of a spike before it returns to 0; 0us means until its next spike." default:"5ms" max:"1h"`
}

// RandomHierarchy is the Random Hierarchy Model (Cagnetti et al. 2024). On each level,
// every one of v symbols has m strings of s symbols of the next level that can stand for
// it. No string stands for two symbols.
type RandomHierarchy struct {
	Classes int `yaml:"classes" doc:"Number of labels, the symbols of the top level." default:"8" min:"2" max:"256"`
	Symbols int `yaml:"symbols" doc:"Number v of symbols at each level below." default:"8" min:"2" max:"256"`
	Strings int `yaml:"strings" doc:"Number m of strings into which each symbol can be expanded; m times symbols is at most symbols to the power s." default:"2" min:"1" max:"256"`
	Length  int `yaml:"length" doc:"Number s of symbols in a string." default:"2" min:"2" max:"8"`
	Depth   int `yaml:"depth" doc:"Number L of levels below the label; an item has s to the power L positions." default:"2" min:"1" max:"8"`
	Train   int `yaml:"train" doc:"Number of items for training." default:"10000" min:"1" max:"10000000"`
	Test    int `yaml:"test" doc:"Number of items for the test; none of them occurs in the training." default:"2000" min:"1" max:"10000000"`
}

// Generator is a source whose items a Starlark function makes.
type Generator struct {
	Code     string         `yaml:"code" doc:"Starlark: item(i, random) returns a dict with a list of numbers for each field and, optionally, name, label and features. It must depend only on i and random." required:"true"`
	Fields   map[string]int `yaml:"fields" doc:"Sizes of the fields." required:"true" maxItems:"1000"`
	Labels   []string       `yaml:"labels" doc:"Names of the labels." maxItems:"10000"`
	Features []string       `yaml:"features" doc:"Names of the features; item returns a dict of numbers, and missing ones are 0." maxItems:"10000"`
	Count    int            `yaml:"count" doc:"Number of items; 0 means endless." default:"0" min:"0" max:"100000000"`
}

// Validate implements config.Validator.
func (p *Patterns) Validate() error {
	file := p.Source == "text" || p.Source == "images"
	var errs []error
	switch {
	case file && p.Path == "":
		errs = append(errs, config.FieldError("path", nil, "a file or folder, because source is "+p.Source, ""))
	case !file && p.Path != "":
		errs = append(errs, config.FieldError("path", p.Path, "no path, because source is "+p.Source, "source: text or images reads files"))
	case p.Source == "letters" && p.Count > 26:
		errs = append(errs, config.FieldError("count", p.Count, "at most 26, because source is letters", "use source: random"))
	case p.Source == "random" && p.Count == 0:
		errs = append(errs, config.FieldError("count", p.Count, "how many patterns, because source is random", ""))
	}
	if p.Source == "random" {
		return errors.Join(errs...)
	}
	if p.P != 0.5 {
		errs = append(errs, config.FieldError("p", p.P, "50%, because source is "+p.Source, "it is for source: random"))
	}
	if p.Correlation != 0 {
		errs = append(errs, config.FieldError("correlation", p.Correlation, "0, because source is "+p.Source, "it is for source: random"))
	}
	if p.Drift != 0 {
		errs = append(errs, config.FieldError("drift", p.Drift, "0, because source is "+p.Source, "it is for source: random"))
	}
	return errors.Join(errs...)
}

// Validate implements config.Validator.
func (m *Markov) Validate() error {
	seen := map[string]bool{}
	for i, s := range m.Symbols {
		if s == "" || seen[s] {
			return config.FieldError(fmt.Sprintf("symbols[%d]", i), s, "a name of its own", "")
		}
		seen[s] = true
	}
	if len(m.Matrix) != len(m.Symbols) {
		return config.FieldProblem("matrix", fmt.Sprintf("has %d rows, expected one for each of %d symbols", len(m.Matrix), len(m.Symbols)), "")
	}
	for i, row := range m.Matrix {
		key := fmt.Sprintf("matrix[%d]", i)
		if len(row) != len(m.Symbols) {
			return config.FieldProblem(key, fmt.Sprintf("has %d columns, expected one for each of %d symbols", len(row), len(m.Symbols)), "")
		}
		sum := 0.0
		for j, p := range row {
			if !(p >= 0 && p <= 1) {
				return config.FieldError(fmt.Sprintf("%s[%d]", key, j), p, "a probability from 0 to 1", "")
			}
			sum += p
		}
		if math.Abs(sum-1) > 1e-9 {
			return config.FieldProblem(key, fmt.Sprintf("what follows %s sums to %g, expected 1", m.Symbols[i], sum), "")
		}
	}
	return nil
}

// Validate implements config.Validator.
func (p *PoissonTrains) Validate() error {
	if len(p.Rates) == 0 {
		return config.FieldProblem("rates", "has no row, expected one for each class", "")
	}
	for i, row := range p.Rates {
		key := fmt.Sprintf("rates[%d]", i)
		if len(row) == 0 || len(row) != len(p.Rates[0]) {
			return config.FieldProblem(key, fmt.Sprintf("has %d columns, expected one for each channel, as many in each row", len(row)), "")
		}
		for j, r := range row {
			if !(r >= 0 && r <= 1e6) {
				return config.FieldError(fmt.Sprintf("%s[%d]", key, j), r, "a rate from 0 to 1e6 a second", "")
			}
		}
	}
	return nil
}

// Validate implements config.Validator.
func (g *Generator) Validate() error {
	if len(g.Fields) == 0 {
		return config.FieldProblem("fields", "has no field", "fields: {pattern: 16} is one of 16 numbers")
	}
	for _, list := range []struct {
		key   string
		names []string
	}{{"labels", g.Labels}, {"features", g.Features}} {
		seen := map[string]bool{}
		for i, s := range list.names {
			if s == "" || seen[s] {
				return config.FieldError(fmt.Sprintf("%s[%d]", list.key, i), s, "a name of its own", "")
			}
			seen[s] = true
		}
	}
	return nil
}
