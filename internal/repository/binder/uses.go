package binder

// uses lists the files that repo2docker has a meaning for, in the root and in
// the folder that it takes them from, and says which it uses.
func (p *planner) uses() {
	names := append(EnvironmentNames(), PostBuild, Start)
	dirs := []string{""}
	if p.plan.Dir != "" {
		dirs = []string{p.plan.Dir, ""}
	}
	if p.plan.Both {
		dirs = []string{DotBinder, Binder, ""}
	}
	for _, dir := range dirs {
		for _, name := range names {
			path := Config{Dir: dir}.Path(name)
			if !p.files.Exists(path) || p.files.IsDir(path) {
				continue
			}
			why := p.unused(dir, name)
			p.plan.Files = append(p.plan.Files, Use{path, why == "", why})
		}
	}
}

// unused says why a file is not used, or nothing if it is.
func (p *planner) unused(dir, name string) string {
	switch {
	case p.plan.Both:
		return "there are two config folders"
	case dir != p.plan.Dir:
		return "the folder " + p.plan.Dir + " hides the root's files"
	case dir != "" && RootOnly(name):
		return "it is only used in the root, and only without a config folder"
	case p.plan.Pack == "":
		return "no build pack is chosen"
	}
	return p.unusedBy(name)
}

// packName is how messages name a build pack.
func packName(pack string) string { return "the " + pack + " build pack does not read it" }

// unusedBy says why the build pack does not use a file of the name.
func (p *planner) unusedBy(name string) string {
	pack := p.plan.Pack
	switch {
	case pack == Docker && name != "Dockerfile":
		return "there is a Dockerfile, which is all that is used"
	case name == "requirements3.txt" && p.plan.Kernel != "" && pack != Conda:
		return ""
	case name == "requirements3.txt":
		return "it counts only beside a Python before 3.7"
	case name == "apt.txt" || name == PostBuild || name == Start || name == "Dockerfile":
		return ""
	}
	python := pack == Python || pack == R || pack == Julia
	used := false
	switch name {
	case "environment.yml":
		used = pack == Conda || pack == R || pack == Julia
	case "environment.yaml":
		used = !p.has("environment.yml") && (pack == Conda || pack == R || pack == Julia)
	case "requirements.txt", "runtime.txt", "setup.py":
		used = python
	case "pyproject.toml", "setup.cfg":
		used = python && p.project.installed()
	case "Pipfile":
		used = pack == Pipfile && !p.has("Pipfile.lock")
	case "Pipfile.lock":
		used = pack == Pipfile
	case "JuliaProject.toml", "Manifest.toml":
		used = pack == Julia
	case "Project.toml":
		used = pack == Julia && !p.has("JuliaProject.toml")
	case "install.R", "DESCRIPTION":
		used = pack == R
	case "default.nix":
		used = pack == Nix
	}
	if used {
		return ""
	}
	return packName(pack)
}
