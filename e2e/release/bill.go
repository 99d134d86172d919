package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
)

// bill lists what the program is made of, and what of it needs what, in CycloneDX.
func (b *build) bill(parts []*part) ([]byte, error) {
	parts[0].version = b.version
	bom := cyclonedx.NewBOM()
	program := component(parts[0])
	program.Type = cyclonedx.ComponentTypeApplication
	program.Licenses = &cyclonedx.Licenses{{License: &cyclonedx.License{ID: "MIT"}}}
	program.Hashes = &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: fmt.Sprintf("%x", sha256.Sum256(b.binary))}}
	bom.Metadata = &cyclonedx.Metadata{
		Timestamp:  b.at.UTC().Format(time.RFC3339),
		Lifecycles: &[]cyclonedx.Lifecycle{{Phase: cyclonedx.LifecyclePhaseBuild}},
		Component:  &program,
		Properties: &[]cyclonedx.Property{{Name: "goos", Value: b.os}, {Name: "goarch", Value: b.arch}},
	}
	refs := map[string]string{}
	for _, m := range parts {
		refs[m.path] = m.purl()
	}
	components, needs := []cyclonedx.Component{}, []cyclonedx.Dependency{}
	for _, m := range parts {
		if !m.main {
			components = append(components, component(m))
		}
		on := []string{}
		for _, path := range slices.Sorted(maps.Keys(m.needs)) {
			on = append(on, refs[path])
		}
		needs = append(needs, cyclonedx.Dependency{Ref: m.purl(), Dependencies: &on})
	}
	bom.Components, bom.Dependencies = &components, &needs
	var out bytes.Buffer
	err := cyclonedx.NewBOMEncoder(&out, cyclonedx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cyclonedx.SpecVersion1_6)
	return out.Bytes(), err
}

func component(m *part) cyclonedx.Component {
	c := cyclonedx.Component{Type: cyclonedx.ComponentTypeLibrary, BOMRef: m.purl(), PackageURL: m.purl(), Name: m.path, Version: m.version}
	if len(m.licences) > 0 {
		c.Licenses = &cyclonedx.Licenses{{Expression: strings.Join(m.licences, " AND ")}}
	}
	return c
}

// purl is the package's address for scanners; a plus is a space to some.
func (m *part) purl() string {
	return "pkg:golang/" + strings.ToLower(m.path) + "@" + strings.ReplaceAll(m.version, "+", "%2B")
}
