// Runs an app in the page that shows it: see docs/browser.md and docs/markup.md.

/**
 * @typedef {{ url: string, token: string }} Server
 * @typedef {{ phase: string, step: number, share?: number, reason?: string, server?: Server }} Build
 */

const MINUTE = 60_000;
const LINES = 5_000; // of the log that are kept

/** @type {Build} */
const FIRST = { phase: "connecting", step: 0 };
/** @type {Record<string, any>} */
const STEPS = { waiting: 0, fetching: 0, building: 1, pushing: 1, built: 2, launching: 2 };

// Failures differ in their text alone.
/** @type {[RegExp, string][]} */
const CAUSES = [
  [/^too many users running/i, "users"],
  [/^too many users/i, "full"],
  [/ is not allowed to launch/i, "banned"],
  [/^error resolving ref.*rate limit/i, "failed"],
  [/^(could not|error) resolv(e|ing) ref|^spec is not|^no provider|^unsupported git/i, "ref"],
  [/^unhandled error watching/i, "cut"],
];
/** @type {Record<string, any>} */
const CALM = { paused: "paused", ended: "ended", stopped: "ended", cancelled: "ended" };
const FAULT = /(error|exception|notfound|fatal|failed)\b( in |\]?:)|^E: |non-zero/i;

/**
 * What is known after an event; the same object if that is nothing new.
 * @param {Build} build
 * @param {Record<string, any>} event
 * @returns {Build}
 */
export function next(build, { phase, message = "", status_code, progress, url, token = "" }) {
  phase = `${phase}`.toLowerCase();
  if (phase === "ready") return { phase, step: 2, server: { url: `${url}`, token: `${token}` } };
  if (phase === "failed") {
    const known = status_code === 429 ? "rate" : CAUSES.find(([text]) => text.test(message))?.[1];
    return { ...build, reason: known ?? (build === FIRST || status_code < 500 ? phase : build.step === 2 ? "spawn" : "build") };
  }
  if (!(STEPS[phase] >= build.step)) return build;
  const layers = Object.values(progress ?? {}).filter((layer) => layer?.total > 0);
  const sum = (key = "") => layers.reduce((n, layer) => n + layer[key], 0);
  const share = layers[0] && sum("current") / sum("total");
  return phase === build.phase && share === build.share ? build : { phase, step: STEPS[phase], share };
}

/** A message's lines, without a terminal's colours. */
export const lines = (/** @type {unknown} */ message) => typeof message !== "string" ? [] : message
  .replace(/\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?)/g, "")
  .split(/[\r\n]+/)
  .filter(Boolean)
  .map((line) => line.slice(0, 2_000));

/** An address over https, or http on the reader's own machine. */
function safe(text = "", base = text) {
  try {
    const url = new URL(text, base);
    if (url.protocol === "https:" || /^http:\/\/((.+\.)?localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(url.origin)) return url;
  } catch {}
}

/** An address below a server's, with its token. */
export function below({ url = "", token = "" }, path = "") {
  const base = safe(url);
  if (!base) return "";
  base.pathname = base.pathname.replace(/\/?$/, "/");
  const app = safe(path.replace(/^\/+/, ""), base.href);
  if (app?.origin !== base.origin || !app.pathname.startsWith(base.pathname)) return "";
  if (token) app.searchParams.append("token", token);
  return app.href;
}

async function ask(url = "", options = {}) {
  if (!url) return false;
  try {
    const answer = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(20_000), ...options });
    return answer.ok || !answer.status;
  } catch {
    return false;
  }
}

const wait = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

/** One server, shared by the embeds and pages of a tab. */
class Session {
  /** @type {Set<BokehBinder>} */
  members = new Set();
  /** @type {Build} */
  build = { ...FIRST, phase: "" };
  /** @type {string[]} */
  log = [];
  logged = 0;
  /** @type {EventSource | undefined} */
  #stream;
  #limit = 0;
  #run = 0; // changes when what goes on is given up
  #tries = 0;
  #asked = 0;

  constructor(hub = "", path = "") {
    this.hub = hub;
    this.address = `${hub}/build/${path}`;
  }

  get building() {
    return this.build.phase && !this.build.reason && !this.build.server;
  }

  /** @param {BokehBinder} member */
  join(member) {
    this.members.add(member);
    if (this.building || this.build.server) member.update();
    else this.#start();
  }

  /** @param {BokehBinder} member */
  leave(member) {
    this.members.delete(member);
    if (!this.members.size && this.building) this.#set({ ...FIRST, phase: "" });
  }

  /** @param {Build} build */
  #set(build) {
    this.#run++;
    clearTimeout(this.#limit);
    this.#stream?.close();
    this.#stream = undefined;
    this.build = build;
    this.#tell();
  }

  #end(reason = "") {
    this.#save();
    this.#set({ ...this.build, reason, server: undefined });
  }

  /** @param {Server} server */
  #ready(server) {
    if (!below(server, "")) return this.#end("unsafe");
    this.#save(JSON.stringify(server));
    this.#asked = Date.now();
    this.#set({ phase: "ready", step: 2, server });
  }

  async #start(before = Promise.resolve(false)) {
    this.log = [];
    this.logged = this.#tries = 0;
    this.#set(FIRST);
    if (!safe(this.hub)) return this.#end("unsafe");
    this.#limit = setTimeout(() => this.#end("slow"), 30 * MINUTE);
    const run = this.#run;
    await before;
    const server = this.#saved();
    const alive = server && await ask(below(server, "api/status"));
    if (run !== this.#run) return;
    if (alive) this.#ready(server);
    else this.#listen();
  }

  #listen() {
    this.build = FIRST;
    let opened = false;
    const stream = this.#stream = new EventSource(this.address);
    stream.onopen = () => { opened = true; };
    stream.onmessage = ({ data }) => this.#hear(data);
    stream.onerror = () => this.#broken(opened);
    this.#tell();
  }

  #hear(data = "") {
    let event;
    try {
      event = JSON.parse(data);
    } catch {}
    if (event !== Object(event)) return this.#end("garbled");
    const found = lines(event.message);
    for (const line of found) this.log.push(line);
    this.logged += found.length;
    if (this.log.length > 2 * LINES) this.log.splice(0, LINES);
    const before = this.build;
    const { reason, server } = this.build = next(before, event);
    if (reason) this.#end(reason);
    else if (server) this.#ready(server);
    else if (this.build !== before) this.#tell();
  }

  async #broken(opened = true) {
    // The browser's own retries would never end.
    this.#stream?.close();
    this.#stream = undefined;
    // Asking again would start a second server.
    if (this.build.step === 2) return this.#end("lost");
    const run = this.#run;
    const refused = !opened && await ask(`${this.hub}/versions`, { mode: "no-cors" });
    if (run !== this.#run) return;
    if (refused) return this.#end("refused");
    if (++this.#tries > 2) return this.#end(opened ? "cut" : "down");
    this.build = { ...this.build, phase: "reconnecting" };
    this.#tell();
    await wait(this.#tries * 2_000 * (1 + Math.random()));
    if (run === this.#run) this.#listen();
  }

  // From the back/forward cache, where streams die.
  resume() {
    if (this.#stream) this.#broken();
  }

  // By the page's policy.
  blocked(uri = "") {
    const asked = safe(this.build.server?.url ?? this.hub);
    if (asked && uri.startsWith(asked.origin)) this.#end("refused");
  }

  /** Sees whether the server lives; a frame that is blocked loads as well. */
  async check(must = false) {
    const { server } = this.build;
    if (!server || !must && (!this.members.size || !navigator.onLine || Date.now() - this.#asked < MINUTE)) return;
    this.#asked = Date.now();
    const run = this.#run;
    const url = below(server, "api/status");
    const alive = await ask(url) || await wait(2_000).then(() => ask(url));
    if (!alive && run === this.#run) this.#end("ended");
  }

  stop(again = false) {
    const { server } = this.build;
    const done = server && ask(below(server, "api/shutdown"), { method: "POST", keepalive: true });
    this.#end("stopped");
    if (again) this.#start(done);
  }

  #tell() {
    for (const member of this.members) member.update();
  }

  // A page without storage shares nothing.
  #saved() {
    try {
      return JSON.parse(sessionStorage.getItem(this.address) ?? "");
    } catch {}
  }

  #save(text = "") {
    try {
      sessionStorage.setItem(this.address, text);
    } catch {}
  }
}

/** @type {Map<string, Session>} */
const sessions = new Map();

class BokehBinder extends HTMLElement {
  /** @type {Record<string, any>} */
  #part = {};
  #session = new Session();
  #busy = false; // until it is known whether the server lives
  #own = ""; // a reason of this embed alone
  #shown = false;
  #said = "";
  #rest = ""; // the status when nothing runs
  #since = 0;
  #clock = 0;
  #opening = 0;
  #drawn = 0; // lines of the log

  connectedCallback() {
    if (this.#part.run) return;
    for (const part of this.querySelectorAll("[data-bb]")) this.#part[part.getAttribute("data-bb") ?? ""] = part;
    const { status, run, fullscreen } = this.#part;
    this.#rest = status.textContent;
    const { hub, provider, spec } = this.dataset;
    const session = new Session(hub, `${provider}/${spec}`);
    this.#session = sessions.get(session.address) ?? session;
    sessions.set(session.address, this.#session);
    run.role = "button";
    fullscreen.hidden = !document.fullscreenEnabled;
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
    this.update();
  }

  disconnectedCallback() {
    // An element that is moved is back at once.
    setTimeout(() => this.isConnected || this.#leave());
  }

  /** @param {any} event */
  handleEvent(event) {
    const name = event.target.closest("[data-bb]")?.dataset.bb;
    const link = name === "run";
    if (!/^(run|again|cancel|stop|restart|fullscreen|toggle|copy)$/.test(name)) return;
    if (link && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
    // A held key or a double click must not press what comes next.
    if (event.type === "keydown" && !(/^( |Enter)$/.test(event.key) && (link || event.repeat))) return;
    event.preventDefault();
    if (!event.repeat && event.detail < 2) /** @type {any} */ (this)[name]();
  }

  async run() {
    const session = this.#session;
    this.#own = "";
    this.#drawn = 0;
    this.#busy = true;
    this.#since = Date.now();
    this.update();
    await session.check(true);
    if (!this.#busy) return;
    this.#busy = false;
    session.join(this);
  }

  again = this.run;

  cancel() {
    this.#leave("cancelled");
  }

  stop(again = false) {
    this.#session.stop(again);
  }

  restart() {
    this.stop(true);
  }

  fullscreen() {
    this.#part.frame.requestFullscreen();
  }

  toggle(hidden = !this.#part.log.hidden) {
    const { log, toggle, lines } = this.#part;
    log.hidden = hidden;
    toggle.ariaExpanded = !hidden;
    this.#drawLog();
    if (this.#session.build.reason !== "build") return;
    const fault = [...lines.children].find((line) => FAULT.test(line.textContent));
    if (!fault) return;
    fault.className = "bb-fault";
    lines.scrollTop += fault.getBoundingClientRect().top - lines.getBoundingClientRect().top;
  }

  async copy() {
    const { copy, live, lines, words } = this.#part;
    try {
      await navigator.clipboard.writeText(this.#session.log.join("\n"));
      copy.textContent = live.textContent = words.dataset.copied;
    } catch {
      getSelection()?.selectAllChildren(lines);
    }
  }

  #leave(reason = "") {
    this.#own = reason;
    this.#busy = false;
    this.#session.leave(this);
    this.update();
  }

  pause() {
    if (this.dataset.state === "ready") this.#leave("paused");
  }

  update() {
    const focus = document.activeElement;
    const inside = this.contains(focus);
    const { frame, tab, jupyter } = this.#part;
    const { build, members } = this.#session;
    const joined = members.has(this);
    const reason = this.#own || joined && build.reason || "";
    const server = !reason && joined && build.server;
    if (server && !frame.src) {
      const app = below(server, this.dataset.path ?? "");
      if (!app) return this.#leave("unsafe");
      tab.href = app;
      jupyter.href = below(server, "lab");
      this.#swap(app);
      this.#opening = setTimeout(() => this.#shown || this.#leave("app"), 3 * MINUTE);
    } else if (!server && frame.src) this.#swap();
    this.#draw(reason ? CALM[reason] ?? "failed" : this.#shown ? "ready" : joined || this.#busy ? "building" : "idle", reason);
    // Focus is never lost.
    if (inside && !focus?.checkVisibility()) {
      Object.values(this.#part).find((part) => part.matches("a, button") && part.checkVisibility())?.focus({ preventScroll: true });
    }
  }

  /** A new frame each time: the history keeps all its addresses but the first. */
  #swap(src = "") {
    clearTimeout(this.#opening);
    this.#shown = false;
    const { frame } = this.#part;
    const next = this.#part.frame = frame.cloneNode();
    next.removeAttribute("src");
    next.removeAttribute("loading");
    if (src) {
      next.src = src;
      if (!this.dataset.cookies || src.startsWith(origin)) next.sandbox.remove("allow-same-origin");
      next.onload = () => {
        this.#shown = true;
        this.update();
        this.#session.check(true);
      };
    }
    frame.replaceWith(next);
  }

  #draw(state = "", reason = "") {
    const { idle, building, over, tools, toggle, status, live, words: { dataset: words } } = this.#part;
    const { build, logged } = this.#session;
    const changed = this.dataset.state !== state;
    this.dataset.state = state;
    idle.hidden = state !== "idle";
    building.hidden = state !== "building";
    over.hidden = !reason;
    tools.hidden = state !== "ready";
    toggle.hidden = !logged || /idle|paused|ended/.test(state);
    if (!building.hidden) this.#drawSteps(build);
    if (reason) this.#drawOver(reason);
    const now = words[!building.hidden ? this.#busy ? "connecting" : build.server ? "opening" : build.phase : state === "ready" ? "running" : ""];
    status.textContent = now ?? this.#rest;
    const key = state + reason + (building.hidden || build.step);
    if (key !== this.#said) live.textContent = now ?? words[reason] ?? "";
    this.#said = key;
    this.#drawLog();
    if (!changed) return;
    clearInterval(this.#clock);
    if (!building.hidden) this.#clock = setInterval(() => this.update(), 200);
    if (reason === "build") this.toggle(false);
    this.dispatchEvent(new CustomEvent("bokeh-binder:state", { bubbles: true, detail: { state, reason } }));
  }

  /** @param {Build} build */
  #drawSteps({ step, share }) {
    const { steps, bar, elapsed } = this.#part;
    [...steps.children].forEach((item, i) => { item.ariaCurrent = i === step ? "step" : null; });
    if (share === undefined) bar.removeAttribute("value");
    else bar.value = share;
    const seconds = Math.floor((Date.now() - this.#since) / 1_000);
    elapsed.textContent = `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, "0")}`;
  }

  #drawOver(reason = "") {
    const { happened, todo, again, words: { dataset: words } } = this.#part;
    happened.textContent = words[reason];
    todo.textContent = words[`${reason}Todo`];
    again.textContent = words[reason === "paused" ? "resume" : CALM[reason] ? "startAgain" : "again"];
    again.hidden = /^(ref|banned|unsafe)$/.test(reason);
  }

  #drawLog() {
    const { log: box, lines } = this.#part;
    const { log, logged } = this.#session;
    if (logged < this.#drawn) this.#drawn = 0;
    const fresh = Math.min(logged - this.#drawn, LINES);
    if (box.hidden || !fresh) return;
    if (!this.#drawn) lines.replaceChildren();
    this.#drawn = logged;
    const end = lines.scrollTop + lines.clientHeight > lines.scrollHeight - 8;
    lines.append(...log.slice(-fresh).map((text) => {
      const line = document.createElement("div");
      line.textContent = text;
      return line;
    }));
    while (lines.childElementCount > LINES) lines.firstChild.remove();
    if (end) lines.scrollTop = lines.scrollHeight;
  }
}

if (!customElements.get("bokeh-binder")) {
  customElements.define("bokeh-binder", BokehBinder);
  const check = () => sessions.forEach((session) => session.check());
  let nap = 0;
  addEventListener("visibilitychange", () => {
    clearInterval(nap);
    if (!document.hidden) return check();
    nap = setInterval(() => sessions.forEach(({ members }) => members.forEach((member) => member.pause())), 10 * MINUTE);
  });
  addEventListener("pageshow", ({ persisted }) => persisted && sessions.forEach((session) => session.resume()));
  addEventListener("securitypolicyviolation", ({ disposition, blockedURI }) => {
    if (disposition === "enforce") sessions.forEach((session) => session.blocked(blockedURI));
  });
  // A frame that gains the focus takes it from the window.
  addEventListener("blur", () => setTimeout(() => document.activeElement?.matches(".bb-frame") && check()));
}
