// Package hostile has repositories that are made to cost more than they are worth.
package hostile

import (
	"fmt"
	"strings"
)

// Features are what is cheap alone. Each adds n of itself to a repository.
var Features = map[string]func(files map[string]string, n int){
	"starts": func(files map[string]string, n int) {
		for i := range n {
			files["start"] += fmt.Sprintf("bokeh serve app%d $V0 $V%d --port=%d &\n", i, i, 5000+i)
			files[fmt.Sprintf("app%d/main.py", i)] = "import m0, m1\nfrom bokeh.io import curdoc\n"
		}
	},
	"variables": func(files map[string]string, n int) {
		for i := range n {
			files["start"] += fmt.Sprintf("export V%d=\"$V%d ${V%d:-a b c} x\"\n", i, max(i-1, 0), max(i-2, 0))
		}
	},
	"modules": func(files map[string]string, n int) {
		for i := range n {
			files[fmt.Sprintf("m%d.py", i)] = fmt.Sprintf("import os, m%d, m%d\nos.environ['V%d'] = os.environ.get('V%d', '') * 2\nos.system('bash s%d.sh; bokeh serve app%d')\n", i+1, i/2, i, i+1, i, i)
		}
	},
	"scripts in scripts": func(files map[string]string, n int) {
		for i := range min(n, 8) {
			files[fmt.Sprintf("s%d.sh", i)] = strings.Repeat(fmt.Sprintf("bash s%d.sh; . ./s%d.sh; source s%d.sh\n", (i+1)%8, (i+3)%8, i), n)
		}
		files["start"] += "bash s0.sh\n"
	},
	"loops": func(files map[string]string, n int) {
		files["start"] += strings.Repeat("for i in a b c d e f g h; do bash s0.sh $i; python m0.py; done\n", n)
	},
	"includes": func(files map[string]string, n int) {
		files["requirements.txt"] += strings.Repeat("-r requirements.txt\n-c more.txt\n-r more.txt\n", n)
		files["more.txt"] = strings.Repeat("-r requirements.txt\nbokeh>=1,<9,!=2,!=3\n", n)
	},
	"servers": func(files map[string]string, n int) {
		for i := range n {
			files["jupyter_server_config.py"] += fmt.Sprintf("c.ServerProxy.servers['a%d'] = {'command': ['bash', '-c', 'bash s0.sh; bokeh serve app%d --port={port}']}\n", i, i)
		}
	},
}
