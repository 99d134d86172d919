package framework

import "strings"

// servers are the web servers that people start beside Jupyter for what no other
// row knows. Which packages bring them is left out: many others bring them along.
var servers = []*Framework{
	{
		Name: "Python's web server", Server: true,
		Command: Command{Program: "http.server", PortArgument: true, Valued: strings.Fields("--bind -b --directory -d --protocol -p --tls-cert --tls-key --tls-password-file")},
		Port:    "8000",
	},
	{
		Name: "serve of npm", Server: true,
		Command: Command{Program: "npx", Verbs: []string{"serve"}, Open: true, Ports: strings.Fields("-l -p --port"), Valued: strings.Fields("--listen -l -p --port -c --config --ssl-cert --ssl-key --ssl-pass")},
		Port:    "3000", PortOption: "--listen",
	},
	{
		Name: "http-server of npm", Server: true,
		Command: Command{Program: "npx", Verbs: []string{"http-server"}, Open: true, Ports: []string{"-p"}, Valued: strings.Fields("--port -p -a -c -t -P -U --proxy -S -C -K -e -b -g")},
		Port:    "8080", PortOption: "--port",
	},
	{
		Name: "PHP's web server", Server: true,
		Command:    Command{Program: "php", Needs: "-S", Valued: strings.Fields("-S -t -d -c")},
		PortOption: "-S",
	},
	{
		Name: "flask run", Server: true,
		Command: Command{
			Program: "flask", Verbs: []string{"run"}, Open: true, Before: strings.Fields("--app -A --env-file -e"), Work: true,
			Ports: []string{"-p"}, Valued: strings.Fields("--port -p --host -h --cert --key --extra-files --exclude-patterns"),
		},
		Port: "5000", PortOption: "--port", PortVariable: "FLASK_RUN_PORT",
	},
	{
		Name: "Django's runserver", Server: true,
		Command: Command{Program: "manage.py", Verbs: []string{"runserver"}, Open: true, PortArgument: true, Valued: strings.Fields("--settings --pythonpath --verbosity -v")},
		Port:    "8000",
	},
	{
		Name: "Uvicorn", Server: true,
		Command: Command{Program: "uvicorn", Work: true, Valued: strings.Fields("--port --host --uds --fd --reload-dir --reload-include --reload-exclude --reload-delay --workers --loop --http --ws " +
			"--ws-max-size --ws-max-queue --ws-ping-interval --ws-ping-timeout --lifespan --interface --env-file --log-config --log-level --forwarded-allow-ips --root-path --limit-concurrency " +
			"--backlog --limit-max-requests --timeout-keep-alive --timeout-graceful-shutdown --ssl-keyfile --ssl-certfile --header --app-dir --h11-max-incomplete-event-size")},
		Port: "8000", PortOption: "--port", PortVariable: "UVICORN_PORT",
	},
	{
		Name: "Gunicorn", Server: true,
		Command: Command{Program: "gunicorn", Work: true, Leaves: strings.Fields("-D --daemon"), Ports: []string{"-b"}, Config: strings.Fields("-c --config"), Valued: strings.Fields("--bind -b -c --config -w --workers -k --worker-class --threads -t --timeout --chdir " +
			"-n --name -e --env --log-level --access-logfile --error-logfile --log-file -u --user -g --group -p --pid --forwarded-allow-ips --max-requests --graceful-timeout --keep-alive")},
		Port: "8000", PortOption: "--bind", PortVariable: "PORT",
	},
	{
		Name: "Hypercorn", Server: true,
		Command: Command{Program: "hypercorn", Work: true, Ports: []string{"-b"}, Config: strings.Fields("-c --config"), Valued: strings.Fields("--bind -b -c --config -w --workers -k --worker-class --root-path -p --pid " +
			"--access-logfile --error-logfile --log-level --log-file -g --group -u --user --keep-alive")},
		Port: "8000", PortOption: "--bind",
	},
	{
		Name: "TensorBoard", Server: true,
		Command: Command{Program: "tensorboard", Needs: "--logdir", Ports: []string{"-p"}, Valued: strings.Fields("--logdir --port -p --host --path_prefix --window_title --max_reload_threads " +
			"--reload_interval --reload_task --samples_per_plugin --load_fast --purge_orphaned_data --grpc_data_provider")},
		Port: "6006", PortOption: "--port",
	},
	{
		Name: "Waitress", Server: true,
		Command: Command{Program: "waitress-serve", Work: true, Ports: []string{"--listen"}, Valued: strings.Fields("--port --listen --host --threads --url-prefix --url-scheme --channel-timeout --connection-limit")},
		Port:    "8080", PortOption: "--port",
	},
}
