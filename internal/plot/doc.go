// Package plot draws the pictures of a run: galleries of patterns, rasters,
// atoms over time, matrices, learning curves.
//
// Functions take plain numbers and return a [Figure], which writes itself as
// PNG or SVG. Equal data give equal bytes. People with any colour vision can
// distinguish the colours (Okabe and Ito 2008 for series, a blue–white–red map
// with white at zero for signed values). NaN and infinite values are left out;
// data with nothing to draw give a picture that says so; inconsistent data
// (different lengths) give an error. Large data are thinned or drawn as an
// image, so that a picture stays below a few megabytes.
package plot
