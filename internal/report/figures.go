package report

import (
	"encoding/base64"
	"html/template"
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
	Name string
	URI  template.URL // data: with the whole picture
}

// readFigures takes the pictures in. Where a figure was drawn in both formats
// the sharp one is shown.
func (c *content) readFigures(dir string) error {
	var total int64
	for _, f := range c.Listed {
		stem, kind := pictureKind(f.Name)
		if kind == "" {
			continue
		}
		if _, sharper := c.Files[stem+".svg"]; sharper && !strings.HasSuffix(f.Name, ".svg") {
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
		uri := "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)
		name := strings.ReplaceAll(path.Base(stem), "-", " ")
		c.Figures = append(c.Figures, figure{name, template.URL(uri)})
	}
	return nil
}

// pictureKind returns the name of a picture without its ending, and its media
// type; nothing for other files.
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
