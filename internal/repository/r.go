package repository

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/rlang"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// readR reads what an R program serves, and on which port.
func (f *Facts) readR(start *Start) {
	code, _ := f.codeOfR(start.Args, start.Dir)
	calls := f.CallsOfR(code)
	for _, fw := range framework.InR() {
		option := optionInR(fw.R, calls)
		for _, call := range calls {
			if !slices.Contains(fw.R.Functions, call.Name) {
				continue
			}
			if port := cmp.Or(f.portInR(fw.R, call), option); isPort(port) && start.Port == "" && start.Kind != StartProxy {
				start.Port = port
			}
			if start.File == "" {
				start.File, start.InR = f.fileInR(start, fw.R, call), fw
			}
		}
	}
}

// CallsOfR lists the calls of R code, as far as all R of the repository is read.
func (f *Facts) CallsOfR(code string) []rlang.Call { return f.r.Calls(code) }

// installR is the file in which R's build pack looks for what to install.
const installR = "install.R"

// RCode is code that R runs when the image is built.
type RCode struct {
	Text string
	// File is the repository's that has it, "" where it stands in a command at At.
	File string
	At   position.Position
	// Sure says whether it is run, and Fails whether the build fails where R does.
	// Lost says that nobody asks whether it fails, as of install.R.
	Sure, Fails truth.Value
	Lost        bool
}

// RCode lists what R runs when the image is built.
func (f *Facts) RCode() []RCode {
	var out []RCode
	if f.Plan.Used(installR) {
		p := f.Plan.Path(installR)
		out = append(out, RCode{Text: f.Text(p), File: p, Sure: truth.Yes, Fails: truth.No, Lost: true})
	}
	scripts := []*shell.Script{f.PostBuild}
	if f.Image != nil {
		scripts = f.Image.Runs
	}
	for _, s := range scripts {
		for i := 0; s != nil && i < len(s.Commands); i++ {
			c := &s.Commands[i]
			if code, file := f.codeOfR(shell.Strings(c.Args), c.Dir); code != "" && !c.Followed {
				out = append(out, RCode{Text: code, File: file, At: c.Place, Sure: truth.Of(c.Runs == shell.Surely).Or(truth.Unknown), Fails: failing(s, c)})
			}
		}
	}
	return out
}

// failing says whether the build fails where a command of a script does.
func failing(s *shell.Script, c *shell.Command) truth.Value {
	switch s.Failure(c) {
	case shell.Unclear:
		return truth.Unknown
	case shell.Ends:
		return truth.Yes
	}
	return truth.No
}

// codeOfR is the code that a command gives to R, and the file of the repository that
// has it.
func (f *Facts) codeOfR(args []string, dir string) (code, from string) {
	args = shell.UnwrapTexts(args)
	if len(args) == 0 || path.Base(args[0]) != "R" && path.Base(args[0]) != "Rscript" {
		return "", ""
	}
	var lines []string
	for i := 1; i < len(args); i++ {
		file, isFile := strings.CutPrefix(args[i], "--file=")
		valued := i+1 < len(args)
		switch {
		case args[i] == "-e" && valued:
			i++
			lines = append(lines, args[i])
		case args[i] == "-f" && valued:
			i++
			file, isFile = args[i], true
		case !strings.HasPrefix(args[i], "-") && path.Base(args[0]) == "Rscript" && len(lines) == 0:
			file, isFile = args[i], true
		}
		if isFile {
			p := path.Clean(shell.RepoPath(dir, file))
			if f.Docker() && !f.Snapshot.IsFile(p) {
				p, _ = f.copied(p)
			}
			return f.Text(p), p
		}
	}
	return strings.Join(lines, "\n"), ""
}

// portInR is the port that a call of R is told by its arguments.
func (f *Facts) portInR(r *framework.R, call rlang.Call) string {
	if port := call.Arg(r.Port); port != "" {
		return port
	}
	for _, name := range r.Lists {
		for _, list := range f.CallsOfR(call.Arg(name)) {
			if port := list.Arg(r.Port); port != "" {
				return port
			}
		}
	}
	return ""
}

// optionInR is the port that R's options tell.
func optionInR(r *framework.R, calls []rlang.Call) string {
	for _, c := range calls {
		if port := c.Arg(r.Option); port != "" && c.Name == "options" {
			return port
		}
	}
	return ""
}

// fileInR is the folder or file of the repository that a call of R names, "" where
// there is none.
func (f *Facts) fileInR(start *Start, r *framework.R, call rlang.Call) string {
	for i, arg := range call.Args {
		if arg.Name == "" && i == 0 || slices.Contains(r.Names, arg.Name) {
			if p := path.Clean(shell.RepoPath(start.Dir, arg.Value)); arg.Value != "" && f.Snapshot.Exists(p) {
				return p
			}
		}
	}
	return ""
}

// appInR gives an app the folder or the file that its R code names.
func (f *Facts) appInR(app App) App {
	app.Path, app.Entry = app.Start.File, app.Start.File
	name := Stem(app.Path)
	if f.Snapshot.IsDir(app.Path) {
		app.Entry, name = "", f.folderName(app.Path)
		for _, b := range app.Start.InR.Brings {
			for _, main := range slices.Backward(b.Mains) {
				if p := path.Join(app.Path, main); f.Snapshot.IsFile(p) {
					app.Entry = p
				}
			}
		}
	}
	if app.Name == "" {
		app.Name = name
	}
	return app
}
