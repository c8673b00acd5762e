package report

import (
	"encoding/base64"
	"encoding/json"
	"path"
	"strings"
)

// Limits on the pictures of the page [bytes, before base64].
const (
	maxFigure  = 4 << 20
	maxFigures = 16 << 20
)

// figure is one picture of plots/.
type figure struct {
	Name   string
	Text   string // description of the picture
	Kind   string // media type
	Base64 []byte // the whole picture
}

// caption returns the text with the name before it, once.
func (f *figure) caption() string {
	if f.Text == f.Name || strings.HasPrefix(f.Text, f.Name+": ") {
		return f.Text
	}
	return f.Name + ": " + f.Text
}

func newFigure(name, text, kind string, data []byte) figure {
	return figure{name, text, kind, base64.StdEncoding.AppendEncode(nil, data)}
}

// readFigures reads the pictures. If a figure exists in both formats, it takes
// the better one.
func (c *content) readFigures(dir string) error {
	var total int64
	for _, f := range c.Listed {
		stem, kind := pictureKind(f.Name)
		if kind == "" {
			continue
		}
		if c.worse(f.Name, stem) {
			continue
		}
		if f.Bytes > maxFigure || total+f.Bytes > maxFigures {
			c.omit("%s: %d bytes", f.Name, f.Bytes)
			continue
		}
		total += f.Bytes
		data, err := c.read(dir, f.Name)
		if err != nil {
			return err
		}
		name := strings.ReplaceAll(path.Base(stem), "-", " ")
		c.Figures = append(c.Figures, newFigure(name, c.caption(dir, stem, name), kind, data))
	}
	return nil
}

// maxSharp is the largest SVG file that is preferred to the PNG file of the
// same picture.
const maxSharp = 512 << 10

// worse reports whether the same picture exists in a better format: as SVG or,
// if the SVG file is large, as PNG.
func (c *content) worse(name, stem string) bool {
	svg, hasSVG := c.Files[stem+".svg"]
	_, hasPNG := c.Files[stem+".png"]
	if !hasSVG || !hasPNG {
		return false
	}
	return strings.HasSuffix(name, ".svg") != (svg.Bytes <= maxSharp)
}

// caption returns the description of a picture from its JSON file, or its name
// if there is none.
func (c *content) caption(dir, stem, name string) string {
	if f, ok := c.Files[stem+".json"]; ok && f.Bytes <= 64<<20 {
		var d struct{ Text string }
		if data, err := c.read(dir, stem+".json"); err == nil && json.Unmarshal(data, &d) == nil && d.Text != "" {
			return d.Text
		}
	}
	return name
}

// pictureKind returns the name of a picture without its extension, and its
// media type; both are empty for other files.
func pictureKind(name string) (stem, kind string) {
	if !strings.HasPrefix(name, "plots/") {
		return "", ""
	}
	ext := path.Ext(name)
	switch ext {
	case ".png":
		kind = "image/png"
	case ".svg":
		kind = "image/svg+xml"
	}
	return strings.TrimSuffix(name, ext), kind
}
