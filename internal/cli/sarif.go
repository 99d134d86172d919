package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/repository"
)

// The parts of SARIF 2.1.0 that a report has.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		URI     string      `json:"informationUri"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID            string      `json:"id"`
		Short         sarifText   `json:"shortDescription"`
		Full          sarifText   `json:"fullDescription"`
		Help          sarifText   `json:"help"`
		HelpURI       string      `json:"helpUri"`
		Configuration sarifConfig `json:"defaultConfiguration"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
)

// home is where the program and its documentation are.
const home = "https://github.com/bokehbinder/bokehbinder"

// writeSARIF writes the findings, with the rules that they are of. Code scanning
// wants a line for each, so one of a whole file is shown at its first.
func writeSARIF(w io.Writer, r *lint.Report) error {
	driver := sarifDriver{Name: "bokehbinder", URI: home, Version: Version(), Rules: []sarifRule{}}
	run := sarifRun{Tool: sarifTool{driver}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	seen, alike := map[*lint.Rule]bool{}, map[string]int{}
	for _, f := range r.Findings {
		if rule := f.Rule; !seen[rule] {
			seen[rule] = true
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
				ID: rule.ID, Short: sarifText{rule.Title}, Full: sarifText{rule.When + " " + rule.Why},
				Help: sarifText{rule.Fix}, HelpURI: home + "/blob/main/docs/findings/" + rule.ID + ".md",
				Configuration: sarifConfig{string(rule.Level)},
			})
		}
		place := sarifPhysical{sarifArtifact{sarifPath(r, f.At.File)}, sarifRegion{max(f.At.Line, 1), sarifColumn(r, f.At)}}
		print := sarifFingerprint(r, f)
		alike[print]++
		run.Results = append(run.Results, sarifResult{
			RuleID: f.Rule.ID, Level: string(f.Level), Message: sarifText{f.Message + "; " + f.Fix}, Locations: []sarifLocation{{place}},
			Fingerprints: map[string]string{fingerprintKey: fmt.Sprintf("%s:%d", print, alike[print])},
		})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// fingerprintKey is the one fingerprint that code scanning reads to tell a result
// from a new one: docs.github.com, "SARIF support for code scanning".
const fingerprintKey = "primaryLocationLineHash"

// sarifFingerprint stays when lines come or go before a finding's own: it is made
// of the rule, the file and what its line says.
func sarifFingerprint(r *lint.Report, f lint.Finding) string {
	line := strings.TrimSpace(repository.LineAt(r.Facts.Text(f.At.File), f.At.Line))
	hash := sha256.Sum256([]byte(f.Rule.ID + "\x00" + f.At.File + "\x00" + line))
	return hex.EncodeToString(hash[:8])
}

// sarifColumn is the column of a place in characters, 0 where it has none.
func sarifColumn(r *lint.Report, at position.Position) int {
	line := repository.LineAt(r.Facts.Text(at.File), at.Line)
	if at.Column == 0 || at.Column > len(line)+1 {
		return 0
	}
	return utf8.RuneCountInString(line[:at.Column-1]) + 1
}

// sarifPath is a finding's file as a relative address. Code scanning wants one
// for each result, so what is about the whole repository is shown at a file
// that Binder uses.
func sarifPath(r *lint.Report, p string) string {
	for _, f := range r.Facts.Plan.Files {
		if p == "" && f.Used {
			p = f.Path
		}
	}
	if p == "" {
		p = "README.md"
	}
	return (&url.URL{Path: p}).EscapedPath()
}
