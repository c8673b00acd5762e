package main

import "io"

func (r *result) printGallery(w io.Writer, width int, terminal bool) {}

func (j *journal) savePictures(r *result) error { return nil }
