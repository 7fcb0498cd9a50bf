// Command lambda builds the function and packs it as AWS Lambda takes it: a
// zip whose only entry is the program bootstrap. The same sources and the same
// Go give the same bytes, on any machine and in any directory: what Terraform
// pins by its hash can be built again by anyone.
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// maxSize is what the zip may have: a function that starts every minute is
// loaded as often.
const maxSize = 5 << 20

func main() {
	out := flag.String("o", "dist/postern-sync-arm64.zip", "zip `FILE` to write, with its hash beside it")
	arch := flag.String("arch", "arm64", "`ARCH` to build for: arm64 or amd64")
	flag.Parse()
	if err := run(*out, *arch); err != nil {
		fmt.Fprintln(os.Stderr, "lambda:", err)
		os.Exit(1)
	}
}

func run(out, arch string) error {
	dir, err := os.MkdirTemp("", "postern-lambda-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, err := build(filepath.Join(dir, "bootstrap"), arch)
	if err != nil {
		return err
	}
	packed, err := pack(program)
	if err != nil {
		return fmt.Errorf("pack %s: %w", out, err)
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(out, packed, 0o644); err != nil {
		return err
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(packed))
	line := fmt.Sprintf("%s  %s\n", sum, filepath.Base(out)) // as sha256sum writes it
	if err := os.WriteFile(out+".sha256", []byte(line), 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %.2f MB (program %.2f MB), sha256 %s\n", out, mb(packed), mb(program), sum)
	if len(packed) > maxSize {
		return fmt.Errorf("%s has %d bytes, more than %d", out, len(packed), maxSize)
	}
	return nil
}

func mb(b []byte) float64 { return float64(len(b)) / (1 << 20) }

// build returns the program, without anything of this machine in it.
func build(path, arch string) ([]byte, error) {
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-tags", "lambda.norpc", "-o", path, "./cmd/bootstrap")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOFLAGS=", "GOARM64=v8.0", "GOAMD64=v1", "GOEXPERIMENT=", "GOFIPS140=off")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("build ./cmd/bootstrap for %s: %w", arch, err)
	}
	return os.ReadFile(path)
}

// pack returns the zip: one entry, executable, with a time that never changes.
func pack(program []byte) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	h := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)} // a zip's oldest
	h.SetMode(0o755)
	w, err := z.CreateHeader(h)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(program); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
