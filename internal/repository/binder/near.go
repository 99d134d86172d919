package binder

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/common"
)

// MaxNear bounds how many files of nearly right names are looked at.
const MaxNear = 20

// meant are the names that people miss by little.
var meant = []string{
	PostBuild, Start, "environment.yml", "requirements.txt", "install.R", "runtime.txt", "apt.txt", "Dockerfile", "Pipfile", "Project.toml", "default.nix",
}

// spelled are those of them that are told from others though a letter is wrong, and
// longest is more than the length of any such name.
var spelled = []string{PostBuild, "environment.yml", "requirements.txt", "runtime.txt"}

const longest = 25

// Nearly is the name that repo2docker reads and a file's name misses by little: by
// capitals, by a letter, or by an ending too many. It is "" where there is none.
func Nearly(name string) string {
	if EnvironmentRank(name) >= 0 || name == PostBuild || name == Start || len(name) > longest {
		return ""
	}
	for _, right := range meant {
		if sameWord(name, right) || name == right+".txt" || name == PostBuild+".sh" && right == PostBuild {
			return right
		}
	}
	for _, right := range spelled {
		ext := strings.ToLower(path.Ext(name))
		if ext == ".yaml" {
			ext = ".yml"
		}
		if ext == path.Ext(right) && oneOff(strings.TrimSuffix(name, path.Ext(name)), strings.TrimSuffix(right, path.Ext(right))) {
			return right
		}
	}
	return ""
}

// sameWord says whether two names differ in capitals and in marks between words alone.
func sameWord(name, right string) bool {
	return strings.EqualFold(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name), right)
}

// oneOff says whether a name becomes another one by a letter more, less or changed, or
// by two that change places. Digits number variants and are no mistakes.
func oneOff(name, right string) bool {
	a, b := strings.ToLower(name), strings.ToLower(right)
	begin := common.Prefix(a, b)
	end := 0
	for end < min(len(a), len(b))-begin && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	a, b = a[begin:len(a)-end], b[begin:len(b)-end]
	swapped := len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
	return (swapped || len(a) <= 1 && len(b) <= 1) && !strings.ContainsAny(a, "0123456789")
}

// NearlyFolder is the config folder whose name a folder of the root misses by its
// capitals or an s, "" where there is none.
func NearlyFolder(name string) string {
	for _, right := range []string{Binder, DotBinder} {
		if name != right && (strings.EqualFold(name, right) || strings.EqualFold(name, right+"s")) {
			return right
		}
	}
	return ""
}

// WouldUse says whether a file of a name would be used if it were there, and whether
// the build would then be another one.
func (p *Plan) WouldUse(name string) (used, another bool) {
	switch name {
	case PostBuild, Start, "apt.txt":
		return p.Pack != Docker, false
	case "install.R":
		return p.Pack == R, false
	case "requirements.txt":
		return slices.Contains([]string{Python, R, Julia, ""}, p.Pack), false
	case "runtime.txt":
		return slices.Contains([]string{Python, R, Julia, ""}, p.Pack), p.Pack != ""
	}
	return p.Pack != Docker && p.Pack != Nix, p.Pack != ""
}
