package main

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"
)

// TestPack: the zip is what Lambda takes, and has the same bytes each time.
func TestPack(t *testing.T) {
	program := bytes.Repeat([]byte("a program"), 1000)
	packed, err := pack(program)
	if err != nil {
		t.Fatal(err)
	}
	again, err := pack(program)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(packed, again) {
		t.Error("packed twice, the zip differs")
	}
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) != 1 {
		t.Fatalf("the zip has %d entries", len(z.File))
	}
	f := z.File[0]
	if f.Name != "bootstrap" || f.Mode() != 0o755 || f.Modified.UTC().Format("2006-01-02T15:04:05") != "1980-01-01T00:00:00" {
		t.Errorf("the entry is %s, mode %s, of %s", f.Name, f.Mode(), f.Modified)
	}
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, program) {
		t.Errorf("the entry is not the program: %d bytes, %v", len(got), err)
	}
}
