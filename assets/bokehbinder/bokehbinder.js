// Runs an app in the page that shows it: see docs/browser.md and docs/markup.md.

/**
 * @typedef {{ url: string, token: string }} Server
 * @typedef {{ phase: string, step: number, share?: number, reason?: string, seconds?: string, server?: Server }} Build
 * @typedef {Partial<Server> & { member?: string }} Kept
 */

const MINUTE = 60_000;
const LAUNCH = 30 * MINUTE;
const APP = 3 * MINUTE;
const LINES = 5_000; // of the log that are kept
const LOWEST = 100;
const HIGHEST = 4_000; // of the frame, as in the tag

/** @type {Build} */
const FIRST = { phase: "connecting", step: 0 };
/** @type {Record<string, any>} */
const STEPS = { waiting: 0, fetching: 0, building: 1, pushing: 1, built: 2, launching: 2 };

// By a failure's status and text in small letters.
/** @type {[RegExp, string][]} */
const CAUSES = [
  [/^429 /, "rate"],
  [/^403 .*\bbots?\b/, "bot"],
  [/^403 requests from/, "network"],
  [/accept header/, "altered"],
  [/maintenance/, "maintenance"],
  [/ too many users running/, "users"],
  [/ too many users/, "full"],
  [/ is not allowed to launch/, "banned"],
  [/ error resolving ref.*rate limit/, "failed"],
  [/ (could not|error) resolv(e|ing) ref| spec is not| no provider| unsupported git/, "ref"],
  [/ unhandled error watching/, "cut"],
];
// What cannot help: trying again, the launch link, another hub.
const FINAL = /^(ref|bot|banned|unsafe|policy)$/;
const ALIKE = /^(ref|bot|banned|build|network|maintenance|users|full|down)$/;
const OURS = /^(ref|build|app|lost)$/;
/** @type {Record<string, any>} */
const CALM = { paused: "paused", ended: "ended", stopped: "ended", cancelled: "ended" };
const FAULT = /(error|exception|notfound|fatal|failed)\b( in |\]?:)|^E: |non-zero/i;

/** A property of the document, which elements named like it would hide. */
const page = (name = "") => Reflect.get(Document.prototype, name, document);

/**
 * What is known after an event; the same object if that is nothing new.
 * @param {Build} build
 * @param {Record<string, any>} event
 * @returns {Build}
 */
export function next(build, { progress, ...event }) {
  const [name, message, status, url, token] = ["phase", "message", "status_code", "url", "token"]
    .map((key) => Object(event[key]) === event[key] ? "" : `${event[key] ?? ""}`);
  const phase = name.toLowerCase();
  if (phase === "ready") return { phase, step: 2, server: { url, token } };
  if (phase === "failed") {
    const text = `${status} ${message}`.toLowerCase();
    const known = CAUSES.find(([cause]) => cause.test(text))?.[1];
    const reason = known ?? (build === FIRST || status && +status < 500 ? phase : build.step === 2 ? "spawn" : "build");
    return { ...build, reason, seconds: /^429.* (\d+) s/.exec(text)?.[1] };
  }
  if (!(STEPS[phase] >= build.step)) return build;
  const layers = Object.values(progress ?? {}).filter((layer) => layer?.total > 0 && Number.isFinite(layer.current));
  const sum = (key = "") => layers.reduce((n, layer) => n + layer[key], 0);
  const share = layers[0] ? sum("current") / sum("total") : phase === build.phase ? build.share : undefined;
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
    if (/^https:|^http:((.+\.)?localhost|127[.\d]+|\[::1])$/.test(url.protocol + url.hostname)) return url;
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

const clock = (seconds = 0) => `${Math.floor(seconds / 60)}:${`0${Math.floor(seconds % 60)}`.slice(-2)}`;
const wait = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

/** One server, shared by the embeds and pages of a tab. */
class Session {
  /** @type {Set<BokehBinder>} */
  embeds = new Set();
  /** @type {Build} */
  build = { ...FIRST, phase: "" };
  /** @type {string[]} */
  log = [];
  logged = 0;
  /** The server, or who builds: a member of a federation. @type {Kept} */
  #kept = {};
  /** @type {EventSource | undefined} */
  #stream;
  #limit = 0;
  #run = 0; // changes when what goes on is given up
  #tries = 0;
  #asked = 0;

  constructor(hub = "", path = "") {
    this.hub = hub;
    this.path = `/build/${path}`;
    this.address = hub + this.path;
  }

  get building() {
    return this.build.phase && !this.build.reason && !this.build.server;
  }

  /** @param {BokehBinder} embed */
  join(embed) {
    this.embeds.add(embed);
    if (this.building || this.build.server) embed.update();
    else this.#start();
  }

  /** @param {BokehBinder} embed */
  leave(embed) {
    this.embeds.delete(embed);
    if (!this.embeds.size && this.building) this.#set({ ...FIRST, phase: "" });
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
    // Else the build may go on.
    if (!/^(cut|down|lost|slow)$/.test(reason)) this.#keep();
    this.#set({ ...this.build, reason, server: undefined });
  }

  /** @param {Server} server */
  #ready(server) {
    if (!below(server, "")) return this.#end("unsafe");
    this.#keep({ ...this.#kept, ...server });
    this.#asked = Date.now();
    this.#set({ phase: "ready", step: 2, server });
  }

  async #start(before = Promise.resolve(false)) {
    this.log = [];
    this.logged = this.#tries = 0;
    this.#set(FIRST);
    if (!safe(this.hub)) return this.#end("unsafe");
    this.#limit = setTimeout(() => this.#end("slow"), LAUNCH);
    const run = this.#run;
    await before;
    const { url = "", token = "", member } = this.#find();
    const alive = url && await ask(below({ url, token }, "api/status"));
    if (run !== this.#run) return;
    this.#kept = safe(member) ? { member } : {};
    if (alive) this.#ready({ url, token });
    else this.#listen();
  }

  #listen() {
    this.build = FIRST;
    let opened = false;
    const stream = this.#stream = new EventSource((this.#kept.member ?? this.hub) + this.path);
    stream.onopen = () => { opened = true; };
    stream.onmessage = ({ data, origin }) => this.#hear(data, origin);
    stream.onerror = () => this.#broken(opened);
    this.#tell();
  }

  #hear(data = "", origin = "") {
    const member = this.hub.replace(/^\w+:\/\/[^/]+/, origin);
    if (member !== this.#kept.member) this.#keep({ member });
    let event;
    try {
      event = JSON.parse(data);
    } catch {}
    if (event !== Object(event)) return this.build === FIRST && this.#end("garbled");
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
    const { member } = this.#kept;
    // Asking again could start a second server, or a second build elsewhere.
    if (this.build.step === 2 || opened && !member) return this.#end("lost");
    const run = this.#run;
    const again = member && ++this.#tries < 3;
    const there = !again && !opened && await ask(`${this.hub}/versions`, { mode: "no-cors" });
    if (run !== this.#run) return;
    if (!again) return this.#end(opened ? "cut" : !there ? "down" : member ? "gone" : "refused");
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
    const asked = safe(this.build.server?.url ?? this.#kept.member ?? this.hub);
    if (asked && uri.startsWith(asked.origin)) this.#end("policy");
  }

  /** Sees whether the server lives; a frame that is blocked loads as well. */
  async check(must = false) {
    const { server } = this.build;
    if (!server || !must && (!this.embeds.size || !navigator.onLine || Date.now() - this.#asked < MINUTE)) return;
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
    for (const embed of this.embeds) embed.update();
  }

  // A page without storage shares nothing.
  /** @returns {Kept} */
  #find() {
    try {
      return Object(JSON.parse(sessionStorage.getItem(this.address) ?? ""));
    } catch {
      return this.#kept;
    }
  }

  /** @param {Kept} kept */
  #keep(kept = {}) {
    this.#kept = kept;
    try {
      sessionStorage.setItem(this.address, JSON.stringify(kept));
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
  /** @type {Record<string, any>} */
  #words = {};
  #own = ""; // a reason of this embed alone
  #shown = false;
  #said = "";
  #since = 0;
  #clock = 0;
  #opening = 0;
  #drawn = 0; // lines of the log

  connectedCallback() {
    if (this.#part.run) return;
    for (const part of this.querySelectorAll("[data-bb]")) this.#part[part.getAttribute("data-bb") ?? ""] = part;
    const { run, fullscreen } = this.#part;
    this.#choose();
    run.role = "button";
    fullscreen.hidden = !page("fullscreenEnabled");
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
    this.update();
  }

  #choose() {
    const { provider, spec } = this.dataset;
    const session = new Session(this.#hubs[0], `${provider}/${spec}`);
    this.#session = sessions.get(session.address) ?? session;
    sessions.set(session.address, this.#session);
  }

  get #hubs() {
    return (this.dataset.hub ?? "").split(" ");
  }

  disconnectedCallback() {
    // An element that is moved is back at once.
    setTimeout(() => this.isConnected || this.#leave());
  }

  /** @param {any} event */
  handleEvent(event) {
    const name = event.target.closest("[data-bb]")?.dataset.bb;
    const link = name === "run";
    const act = this.#part[name] && /** @type {any} */ (this)[name];
    if (!act || link && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
    // A held key or a double click must not press what comes next.
    if (event.type === "keydown" && !(/^( |Enter)$/.test(event.key) && (link || event.repeat))) return;
    event.preventDefault();
    if (!event.repeat && event.detail < 2) act.call(this);
  }

  async run() {
    this.#own = "";
    this.#drawn = 0;
    this.#since = Date.now();
    const session = this.#session;
    if (!await this.#speak()) return location.assign(this.#part.run.href);
    this.#busy = true;
    this.update();
    await session.check(true);
    if (!this.#busy) return;
    this.#busy = false;
    session.join(this);
  }

  again = this.run;

  /** Puts the words in, which come with the first click. */
  async #speak() {
    const name = encodeURIComponent(this.dataset.words ?? "en");
    try {
      this.#words = (await import(`./bokehbinder.${name}.js`)).default;
    } catch {
      return false;
    }
    const { bar, lines } = this.#part;
    bar.ariaLabel = this.#words.progress;
    lines.ariaLabel = this.#words.toggle;
    for (const [name, part] of Object.entries(this.#part)) {
      const text = this.#words[name];
      const label = part.lastElementChild;
      if (text) (label ?? part).textContent = text;
      if (text && label) part.title = text;
    }
    this.#said = "";
    return true;
  }

  /** Runs on the next hub, where the links lead, too. */
  other() {
    const [hub, next, ...rest] = this.#hubs;
    this.dataset.hub = [next, ...rest, hub].join(" ");
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (this.querySelectorAll("[rel~=nofollow][href]"))) {
      link.href = link.href.replace(`${hub}/v2/`, () => `${next}/v2/`);
    }
    this.#session.leave(this);
    this.#choose();
    this.run();
  }

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
    lines.scrollTop = fault.offsetTop - lines.offsetTop;
  }

  async copy() {
    const { copy, live, lines } = this.#part;
    try {
      await navigator.clipboard.writeText(this.#session.log.join("\n"));
      copy.textContent = live.textContent = this.#words.copied;
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
    const focus = page("activeElement");
    const inside = this.contains(focus);
    const { frame, tab, jupyter, over } = this.#part;
    const { build, embeds } = this.#session;
    const joined = embeds.has(this);
    const reason = this.#own || joined && build.reason || "";
    const server = !reason && joined && build.server;
    if (server && !frame.src) {
      const app = below(server, this.#path());
      if (!app) return this.#leave("unsafe");
      tab.href = app;
      jupyter.href = below(server, "lab");
      this.#swap(app);
      this.#opening = setTimeout(() => this.#shown || this.#leave("app"), APP);
    } else if (!server && frame.src) this.#swap();
    this.#draw(reason ? CALM[reason] ?? "failed" : this.#shown ? "ready" : joined || this.#busy ? "building" : "idle", reason);
    // Focus is never lost.
    if (inside && !focus.checkVisibility()) {
      (Object.values(this.#part).find((part) => part.matches("a, button") && part.checkVisibility()) ?? over).focus({ preventScroll: true });
    }
  }

  /** Light text means a dark page; of a mix of colours the lightness comes first. */
  #path() {
    const first = parseFloat(getComputedStyle(this.#part.todo).color.split("(")[1]);
    return (this.dataset.path ?? "").replaceAll("{theme}", first > (first > 1 ? 128 : 0.5) ? "dark" : "light");
  }

  /** As high as the app says it is. @param {MessageEvent} message */
  fit({ source, data }) {
    const { stage, frame } = this.#part;
    const height = data?.bokehbinder?.height;
    if (source !== frame.contentWindow || !frame.src || !Number.isFinite(height)) return;
    const rest = Math.max(0, stage.clientHeight - frame.clientHeight);
    const whole = Math.ceil(Math.min(HIGHEST, Math.max(LOWEST, height)) + rest);
    const strut = stage.firstElementChild;
    strut.setAttribute("height", whole);
    strut.setAttribute("viewBox", `0 0 1 ${whole}`);
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
    const { idle, building, over, tools, toggle, status, live } = this.#part;
    const words = this.#words;
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
    const now = words[!building.hidden ? `phase_${this.#busy ? "connecting" : build.server ? "opening" : build.phase}` : state === "ready" ? "running" : ""];
    status.textContent = now ?? safe(this.#hubs[0])?.host;
    const key = state + reason + (building.hidden || build.step);
    if (key !== this.#said) live.textContent = now ?? words[reason]?.[0];
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
    elapsed.textContent = clock((Date.now() - this.#since) / 1_000);
    elapsed.ariaLabel = `${this.#words.elapsed} ${elapsed.textContent}`;
  }

  #drawOver(reason = "") {
    const { happened, todo: help, again, launch, run, other } = this.#part;
    const words = this.#words;
    const [what, todo] = words[reason];
    const next = this.#hubs[1];
    const { seconds } = this.#session.build;
    happened.textContent = what;
    help.textContent = todo + (seconds ? ` ${words.rate_wait.replace("{time}", clock(+seconds))}` : "");
    again.textContent = words[reason === "paused" ? "resume" : CALM[reason] ? "start_again" : "again"];
    other.textContent = words.other.replace("{hub}", () => safe(next)?.host);
    again.hidden = FINAL.test(reason);
    launch.hidden = ALIKE.test(reason);
    launch.href = run.href;
    other.hidden = !next || CALM[reason] || OURS.test(reason);
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
      const line = page("createElement").call(document, "div");
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
  const each = (/** @type {(embed: BokehBinder) => void} */ act) => sessions.forEach(({ embeds }) => embeds.forEach(act));
  let nap = 0;
  addEventListener("visibilitychange", () => {
    clearInterval(nap);
    if (!page("hidden")) return check();
    nap = setInterval(() => each((embed) => embed.pause()), 10 * MINUTE);
  });
  addEventListener("message", (message) => each((embed) => embed.fit(message)));
  addEventListener("pageshow", ({ persisted }) => persisted && sessions.forEach((session) => session.resume()));
  addEventListener("securitypolicyviolation", ({ disposition, blockedURI }) => {
    if (disposition === "enforce") sessions.forEach((session) => session.blocked(blockedURI));
  });
  // A frame that gains the focus takes it from the window.
  addEventListener("blur", () => setTimeout(() => page("activeElement")?.matches(".bb-frame") && check()));
}
