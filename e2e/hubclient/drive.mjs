// Launches a repository with BinderHub's official client, as its own page does,
// and prints what the client yields: one JSON object a line, and after the last
// one the app's address.
//
//     node drive.mjs HUB PROVIDER/SPEC URLPATH

// The client is written for browsers and asks for this much of one.
globalThis.window = globalThis;
globalThis.document = { cookie: "", removeEventListener() {} };

// To end a stream the client throws, and in a page that is a line on the console.
process.on("unhandledRejection", (reason) => {
  if (reason?.constructor?.name !== "EventStreamClose") throw reason;
});

const { BinderRepository } = await import("@jupyterhub/binderhub-client/client.js");
const { LaunchSpec } = await import("@jupyterhub/binderhub-client/spec.js");

const [hub, spec, path] = process.argv.slice(2);
const repository = new BinderRepository(spec, new URL("build/", hub));
try {
  for await (const event of repository.fetch()) {
    console.log(JSON.stringify(event));
    if (event.phase === "failed") break;
    if (event.phase !== "ready") continue;
    const app = new LaunchSpec(path).getJupyterServerRedirectUrl(new URL(event.url), event.token);
    console.log(JSON.stringify({ app }));
    break;
  }
} finally {
  repository.close();
}
