package repository

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/rlang"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// readR reads what an R program serves, and on which port.
func (f *Facts) readR(start *Start) {
	calls := rlang.Calls(f.codeOfR(start))
	for _, fw := range framework.InR() {
		for _, call := range calls {
			if !slices.Contains(fw.R.Functions, call.Name) {
				continue
			}
			if port := portInR(fw.R, call, calls); isPort(port) && start.Port == "" && start.Kind != StartProxy {
				start.Port = port
			}
			if start.File == "" {
				start.File, start.InR = f.fileInR(start, fw.R, call), fw
			}
		}
	}
}

// codeOfR is the code that a command gives to R.
func (f *Facts) codeOfR(start *Start) string {
	args := shell.UnwrapTexts(start.Args)
	if len(args) == 0 || path.Base(args[0]) != "R" && path.Base(args[0]) != "Rscript" {
		return ""
	}
	var code []string
	for i := 1; i < len(args); i++ {
		file, isFile := strings.CutPrefix(args[i], "--file=")
		valued := i+1 < len(args)
		switch {
		case args[i] == "-e" && valued:
			i++
			code = append(code, args[i])
		case args[i] == "-f" && valued:
			i++
			file, isFile = args[i], true
		case !strings.HasPrefix(args[i], "-") && path.Base(args[0]) == "Rscript" && len(code) == 0:
			file, isFile = args[i], true
		}
		if isFile {
			return f.Text(path.Clean(shell.RepoPath(start.Dir, file)))
		}
	}
	return strings.Join(code, "\n")
}

// portInR is the port that a call of R is told, by its arguments or by R's options.
func portInR(r *framework.R, call rlang.Call, calls []rlang.Call) string {
	if port := call.Arg(r.Port); port != "" {
		return port
	}
	for _, name := range r.Lists {
		for _, list := range rlang.Calls(call.Arg(name)) {
			if port := list.Arg(r.Port); port != "" {
				return port
			}
		}
	}
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
