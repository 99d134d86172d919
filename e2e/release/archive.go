package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// file is a file of a release, or of an archive.
type file struct {
	name string
	data []byte
	mode fs.FileMode
}

// archive packs the command with what one wants to have beside it.
func (b *build) archive(root string, parts []*part) (file, error) {
	dir := b.name() + "/"
	files := []file{
		{dir + b.program(), b.binary, 0o755},
		{dir + thirdParty, notices(parts), 0o644},
	}
	for _, name := range []string{"CHANGELOG.md", "LICENSE", "README.md"} {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return file{}, err
		}
		files = append(files, file{dir + name, data, 0o644})
	}
	if b.os == "windows" {
		data, err := zipped(files, b.at)
		return file{name: b.name() + ".zip", data: data}, err
	}
	data, err := tarred(files, b.at)
	return file{name: b.name() + ".tar.gz", data: data}, err
}

// tarred packs files, all of one time and of nobody.
func tarred(files []file, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	packed, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(packed)
	for _, f := range files {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: f.name, Size: int64(len(f.data)), Mode: int64(f.mode), ModTime: at}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	err = packed.Close()
	return out.Bytes(), err
}

// zipped is tarred for zip, which wheels are, too.
func zipped(files []file, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: at.UTC()}
		h.SetMode(f.mode)
		entry, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}

// checksums lists files as sha256sum does.
func checksums(files []file) file {
	var list strings.Builder
	for _, f := range files {
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(f.data), f.name)
	}
	return file{name: "SHA256SUMS", data: []byte(list.String())}
}
