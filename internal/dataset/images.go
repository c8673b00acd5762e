package dataset

import "fmt"

// Images is a set of grey images, each with a class.
type Images struct {
	Width, Height int
	Classes       int
	Pixels        []uint8 // len(Labels)·Width·Height, row by row; 255 is full ink
	Labels        []uint8 // 0 … Classes−1
}

// Len returns the number of images.
func (s *Images) Len() int { return len(s.Labels) }

// Size returns the number of pixels of an image.
func (s *Images) Size() int { return s.Width * s.Height }

// Image returns the pixels of image i, as a part of Pixels.
func (s *Images) Image(i int) []uint8 {
	n := s.Size()
	return s.Pixels[i*n : (i+1)*n]
}

// First returns the first n images, or all if there are fewer; 0 is all.
func (s *Images) First(n int) *Images {
	if n <= 0 || n > s.Len() {
		n = s.Len()
	}
	f := *s
	f.Pixels, f.Labels = s.Pixels[:n*s.Size()], s.Labels[:n]
	return &f
}

// Check returns an error if the set is empty, lengths do not fit or a label is
// out of range.
func (s *Images) Check() error {
	if s.Len() == 0 {
		return fmt.Errorf("no image")
	}
	if len(s.Pixels) != s.Len()*s.Size() {
		return fmt.Errorf("%d pixels for %d images of %d×%d", len(s.Pixels), s.Len(), s.Width, s.Height)
	}
	for i, l := range s.Labels {
		if int(l) >= s.Classes {
			return fmt.Errorf("label %d is %d, expected 0 to %d", i, l, s.Classes-1)
		}
	}
	return nil
}
