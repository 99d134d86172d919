package main

import (
	"bytes"
	"debug/macho"
	"fmt"
	"strings"
)

// target is a system that the command is built for.
type target struct {
	os, arch string
	// platforms are Python's names of the system, as a wheel's file has them: see
	// "Platform compatibility tags" of the Python Packaging User Guide.
	platforms string
}

// targets are the systems of a release. The program for Linux needs no library, so
// that it runs whatever the C library is.
var targets = []target{
	{"linux", "amd64", "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64"},
	{"linux", "arm64", "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64"},
	{"darwin", "amd64", "macosx_12_0_x86_64"},
	{"darwin", "arm64", "macosx_12_0_arm64"},
	{"windows", "amd64", "win_amd64"},
	{"windows", "arm64", "win_arm64"},
}

func (t target) String() string { return t.os + "/" + t.arch }

// program is the file name of the command.
func (t target) program() string {
	if t.os == "windows" {
		return "bokehbinder.exe"
	}
	return "bokehbinder"
}

// choose returns the target of a system, or all.
func choose(system string) ([]target, error) {
	if system == "" {
		return targets, nil
	}
	var known []string
	for _, t := range targets {
		if t.String() == system {
			return []target{t}, nil
		}
		known = append(known, t.String())
	}
	return nil, fmt.Errorf("%s is not one of %s", system, strings.Join(known, ", "))
}

// buildVersion is the load command of macOS that says which version a program needs.
const buildVersion = 0x32

// fits reports a program for macOS that needs another one than its wheel says.
func (t target) fits(binary []byte) error {
	if t.os != "darwin" {
		return nil
	}
	f, err := macho.NewFile(bytes.NewReader(binary))
	if err != nil {
		return err
	}
	for _, load := range f.Loads {
		if raw := load.Raw(); f.ByteOrder.Uint32(raw) == buildVersion {
			if needs := fmt.Sprintf("macosx_%d_0_", f.ByteOrder.Uint32(raw[12:])>>16); !strings.HasPrefix(t.platforms, needs) {
				return fmt.Errorf("this Go builds for %s, not %s", needs, t.platforms)
			}
			return nil
		}
	}
	return fmt.Errorf("the program does not say which macOS it needs")
}
