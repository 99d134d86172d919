/**
 * <bokeh-binder> runs a repository's app in the page that shows it. The server
 * has written everything that is seen (docs/markup.md); this shows and hides it
 * while a BinderHub builds the repository and starts a server, and then puts
 * the app in the frame. Until the reader asks for it, nothing is requested.
 */

/**
 * What is known of a build.
 * @typedef {object} Build
 * @property {string} phase the word for it
 * @property {number} step 0 prepare, 1 build, 2 start
 * @property {number} [share] how much is done, where the hub says so
 * @property {string} [reason] why it ended, a key of the page's words
 * @property {Server} [server] what it ended in
 */

/**
 * A running server: its address and what opens it.
 * @typedef {{ url: string, token: string }} Server
 */

const MINUTE = 60_000;
const LIMIT = 30 * MINUTE; // of a launch: some failures never end the stream
const OPENING = 3 * MINUTE; // until the frame has loaded
const NAP = 10 * MINUTE; // hidden: an open app would keep its server for hours
const LINES = 5_000; // of the log that are kept

/** @type {Build} */
const FIRST = { phase: "connecting", step: 0 };

/** @type {Record<string, number>} */
const STEPS = { waiting: 0, fetching: 0, building: 1, pushing: 1, built: 2, launching: 2 };

// BinderHub tells failures apart by their text alone.
/** @type {[RegExp, string][]} */
const CAUSES = [
  [/^too many users running/i, "users"],
  [/^too many users/i, "full"],
  [/ is not allowed to launch/i, "banned"],
  [/^error resolving ref.*rate limit/i, "failed"],
  [/^(could not resolve ref|error resolving ref|spec is not|no provider|unsupported git)/i, "ref"],
  [/^unhandled error watching/i, "cut"],
];

const FAULT = /(error|exception|notfound|fatal|failed)\b( in |\]?:)|^E: |non-zero/i;

/**
 * What is known of a build after one more event of its stream: the same object
 * if that is nothing new.
 * @param {Build} build
 * @param {Record<string, any>} event
 * @returns {Build}
 */
export function next(build, event) {
  const phase = String(event.phase).toLowerCase();
  if (phase === "ready") {
    return { phase, step: 2, server: { url: String(event.url), token: String(event.token ?? "") } };
  }
  if (phase === "failed" || phase === "failure") {
    return { ...build, reason: cause(build, event.status_code, String(event.message ?? "")) };
  }
  // A line of the log, or a phase of a hub to come.
  if (!Object.hasOwn(STEPS, phase) || STEPS[phase] < build.step) return build;
  const done = share(event.progress);
  return phase === build.phase && done === build.share ? build : { phase, step: STEPS[phase], share: done };
}

/**
 * Which of the page's words say why a build failed.
 * @param {Build} build
 * @param {number} status
 * @param {string} message
 */
function cause(build, status, message) {
  if (status === 429) return "rate";
  return CAUSES.find(([text]) => text.test(message))?.[1]
    ?? (status < 500 || build === FIRST ? "failed" : build.step === 2 ? "spawn" : "build");
}

/**
 * The share of all layers of an image that is stored.
 * @param {Record<string, any>} [layers]
 */
function share(layers) {
  let current = 0;
  let total = 0;
  for (const layer of Object.values(layers ?? {})) {
    if (layer?.total > 0) {
      current += layer.current;
      total += layer.total;
    }
  }
  return total ? current / total : undefined;
}

/**
 * The lines of a message, without what colours a terminal.
 * @param {unknown} message
 */
export function lines(message) {
  if (typeof message !== "string") return [];
  return message
    .replace(/\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?)/g, "")
    .split(/[\r\n]+/)
    .filter(Boolean)
    .map((line) => line.slice(0, 2_000));
}

/**
 * An address that may be asked: https, or http on the reader's own machine.
 * @param {string} address
 */
function safe(address) {
  try {
    const url = new URL(address);
    const own = /^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
    return url.protocol === "https:" || own && url.protocol === "http:" ? url : undefined;
  } catch {
    // Not an address at all.
  }
}

/**
 * An address below a server's, with its token; undefined for a path that would
 * hand the token to somebody else.
 * @param {Server} server
 * @param {string} path
 */
export function below({ url, token }, path) {
  const base = safe(url);
  if (!base) return;
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  try {
    const app = new URL(path.replace(/^\/+/, ""), base);
    if (app.origin !== base.origin || !app.pathname.startsWith(base.pathname)) return;
    if (token) app.searchParams.append("token", token);
    return app.href;
  } catch {
    // Not a path.
  }
}

/**
 * Asks a server, or a hub whether it is there at all.
 * @param {string} url
 * @param {RequestInit} [options]
 */
async function ask(url, options) {
  try {
    const answer = await fetch(url, {
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(20_000),
      ...options,
    });
    return answer.ok || answer.type === "opaque";
  } catch {
    return false;
  }
}

/** @param {number} ms */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * One server for one repository at one hub, shared by all embeds of a page that
 * ask for it, and through the tab's storage by the pages of the tab.
 */
class Session {
  /** @type {Set<BokehBinder>} those who show it */
  members = new Set();
  /** @type {"idle" | "building" | "ready" | "over"} */
  state = "idle";
  build = FIRST;
  /** @type {string[]} the end of the log */
  log = [];
  logged = 0;
  /** @type {EventSource | undefined} */
  #stream;
  #limit = 0;
  #run = 0; // tells a run that was given up from the one after it
  #tries = 0;
  #asked = 0;

  /**
   * @param {string} hub
   * @param {string} path
   */
  constructor(hub, path) {
    this.hub = hub;
    this.address = `${hub}/build/${path}`;
  }

  /** The server, once it runs. @returns {Server} */
  get server() {
    return this.build.server ?? { url: "", token: "" };
  }

  /**
   * Lets a member in, and starts what it needs.
   * @param {BokehBinder} member
   */
  async join(member) {
    this.members.add(member);
    if (this.state === "ready") await this.check(true);
    if (this.members.has(member) && this.state !== "ready" && this.state !== "building") this.#start();
  }

  /**
   * Lets a member go. A build that nobody waits for is given up.
   * @param {BokehBinder} member
   */
  leave(member) {
    this.members.delete(member);
    if (this.members.size || this.state !== "building") return;
    this.#close();
    this.state = "idle";
  }

  /** @param {Promise<unknown>} [before] what is waited for */
  async #start(before) {
    this.#close();
    const run = this.#run;
    this.state = "building";
    this.build = FIRST;
    this.log = [];
    this.logged = this.#tries = 0;
    this.#limit = setTimeout(() => this.#end("slow"), LIMIT);
    this.#tell();
    if (!safe(this.hub)) return this.#end("unsafe");
    await before;
    const server = this.#saved();
    const status = server && below(server, "api/status");
    const alive = status && await ask(status);
    if (run !== this.#run) return;
    if (server && alive) this.#ready(server);
    else this.#listen();
  }

  #listen() {
    this.build = FIRST;
    let opened = false;
    const stream = this.#stream = new EventSource(this.address);
    stream.onopen = () => { opened = true; };
    stream.onmessage = ({ data }) => this.#hear(data);
    stream.onerror = () => {
      // The browser's own attempts would never end, and launch a server each.
      stream.close();
      this.#stream = undefined;
      this.#broken(opened);
    };
    this.#tell();
  }

  /** @param {string} data */
  #hear(data) {
    let event;
    try {
      event = JSON.parse(data);
    } catch {
      // Said below.
    }
    if (typeof event !== "object" || !event) return this.#end("garbled");
    const found = lines(event.message);
    this.log.push(...found);
    this.logged += found.length;
    if (this.log.length > 2 * LINES) this.log.splice(0, this.log.length - LINES);
    const before = this.build;
    this.build = next(before, event);
    if (this.build.reason) this.#end(this.build.reason);
    else if (this.build.server) this.#ready(this.build.server);
    else this.#tell(this.build === before);
  }

  /**
   * The stream ended before it said how the build did.
   * @param {boolean} opened
   */
  async #broken(opened) {
    const run = this.#run;
    // By now a server may be starting: to ask again would start a second one.
    if (this.build.step === 2) return this.#end("lost");
    if (!opened && await ask(`${this.hub}/versions`, { mode: "no-cors" })) {
      if (run === this.#run) this.#end("refused");
      return;
    }
    if (run !== this.#run) return;
    if (++this.#tries > 2) return this.#end(opened ? "cut" : "down");
    this.build = { ...this.build, phase: "reconnecting" };
    this.#tell();
    await wait(this.#tries * 2_000 * (1 + Math.random()));
    if (run === this.#run) this.#listen();
  }

  /** The page is kept for a return: its stream would be dead by then. */
  suspend() {
    this.#stream?.close();
  }

  /** The page is back. */
  resume() {
    if (this.state === "building" && this.#stream) this.#broken(true);
    else this.check();
  }

  /** @param {Server} server */
  #ready(server) {
    this.#close();
    if (!below(server, "")) return this.#end("unsafe");
    this.state = "ready";
    this.build = { phase: "ready", step: 2, server };
    this.#asked = Date.now();
    this.#save(server);
    this.#tell();
  }

  /** @param {string} reason */
  #end(reason) {
    this.#close();
    this.state = "over";
    this.build = { ...this.build, reason, server: undefined };
    this.#save();
    this.#tell();
  }

  #close() {
    this.#run++;
    clearTimeout(this.#limit);
    this.#stream?.close();
    this.#stream = undefined;
  }

  /**
   * Sees whether the server still lives, at most once a minute unless it must
   * be known. A frame cannot tell: one that is blocked loads as well.
   * @param {boolean} [must]
   */
  async check(must) {
    if (this.state !== "ready" || !this.members.size) return false;
    if (!must && (Date.now() - this.#asked < MINUTE || !navigator.onLine)) return true;
    this.#asked = Date.now();
    const run = this.#run;
    const status = below(this.server, "api/status") ?? "";
    // One lost request is no reason to take the app away.
    const alive = await ask(status) || await wait(2_000).then(() => ask(status));
    if (run !== this.#run) return this.state === "ready";
    if (!alive) this.#end("ended");
    return alive;
  }

  /**
   * Shuts the server down.
   * @param {boolean} [again] whether to start a new one
   */
  stop(again) {
    const done = ask(below(this.server, "api/shutdown") ?? "", { method: "POST", keepalive: true });
    this.#save();
    if (again) this.#start(done);
    else this.#end("stopped");
  }

  /** @param {boolean} [log] whether only the log has changed */
  #tell(log) {
    for (const member of this.members) member.update(log);
  }

  /** @returns {Server | undefined} */
  #saved() {
    try {
      return JSON.parse(sessionStorage.getItem(this.address) ?? "null") ?? undefined;
    } catch {
      // A page without storage, or somebody else's text.
    }
  }

  /** @param {Server} [server] */
  #save(server) {
    try {
      if (server) sessionStorage.setItem(this.address, JSON.stringify(server));
      else sessionStorage.removeItem(this.address);
    } catch {
      // A page without storage shares nothing.
    }
  }
}

/** @type {Map<string, Session>} */
const sessions = new Map();

// The embed's states by the reasons that are no failures.
/** @type {Record<string, string>} */
const CALM = { paused: "paused", ended: "ended", stopped: "ended", cancelled: "ended" };

// To try again would not help.
const FINAL = ["ref", "banned", "unsafe"];

class BokehBinder extends HTMLElement {
  /** @type {Record<string, any>} the parts of the markup, by their data-bb */
  #part = {};
  /** @type {DOMStringMap} */
  #words = {};
  /** @type {Session | undefined} */
  #session;
  #joined = false;
  #checking = false; // whether the session's server still lives
  #own = ""; // a reason that is this embed's alone
  #shown = false; // the frame has loaded
  #state = "";
  #said = "";
  #rest = ""; // the footer's line when nothing runs
  #since = 0;
  #clock = 0;
  #opening = 0;
  /** @type {string[]} the log that is drawn, and how much of it */
  #log = [];
  #drawn = 0;
  #soon = 0;

  connectedCallback() {
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", () => this.connectedCallback(), { once: true });
      return;
    }
    if (this.#session) return;
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-bb]"))) {
      this.#part[part.dataset.bb ?? ""] = part;
    }
    this.#words = this.#part.words.dataset;
    this.#rest = this.#part.status.textContent;
    const { hub = "", provider, spec } = this.dataset;
    const session = new Session(hub, `${provider}/${spec}`);
    this.#session = sessions.get(session.address) ?? session;
    sessions.set(session.address, this.#session);
    this.#part.run.role = "button";
    this.#part.fullscreen.hidden = !document.fullscreenEnabled;
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
    this.update();
  }

  disconnectedCallback() {
    // An element that is moved is back at once; its frame has begun anew.
    setTimeout(() => this.isConnected || this.#leave(""));
  }

  /** @param {Event} event */
  handleEvent(event) {
    const part = /** @type {Element} */ (event.target).closest("[data-bb]");
    const name = /** @type {HTMLElement | null} */ (part)?.dataset.bb ?? "";
    const { key, ctrlKey, metaKey, shiftKey } = /** @type {KeyboardEvent} */ (event);
    // A link that is a button takes the space bar as buttons do, and leaves
    // to the browser what opens links elsewhere.
    if (event.type === "keydown" && (name !== "run" || key !== " ")) return;
    if (name === "run" && (ctrlKey || metaKey || shiftKey)) return;
    /** @type {Record<string, () => unknown>} */
    const actions = {
      run: () => this.#join(),
      again: () => this.#join(),
      cancel: () => this.#leave("cancelled"),
      stop: () => this.#session?.stop(),
      restart: () => this.#session?.stop(true),
      fullscreen: () => this.#part.frame.requestFullscreen(),
      toggle: () => this.#fold(!this.#part.log.hidden),
      copy: () => this.#copy(),
    };
    if (!Object.hasOwn(actions, name)) return;
    event.preventDefault();
    actions[name]();
  }

  async #join() {
    this.#own = "";
    this.#joined = this.#checking = true;
    this.#since = Date.now();
    this.update();
    await this.#session?.join(this);
    this.#checking = false;
    this.update();
  }

  /** @param {string} reason */
  #leave(reason) {
    this.#own = reason;
    this.#joined = !!reason;
    this.#session?.leave(this);
    this.update();
  }

  /** The page is in the background for long: the server is left to others. */
  pause() {
    if (this.#state === "ready") this.#leave("paused");
  }

  /**
   * Shows what has changed.
   * @param {boolean} [log] whether that is only the log
   */
  update(log) {
    const session = this.#session;
    if (!session) return;
    this.#soon ||= requestAnimationFrame(() => this.#drawLog(session));
    if (log && !this.#part.toggle.hidden) return;
    let state = "idle";
    let reason = this.#own;
    if (reason) state = CALM[reason] ?? "failed";
    else if (this.#checking) state = "building";
    else if (this.#joined && session.state === "over") {
      reason = session.build.reason ?? "";
      state = CALM[reason] ?? "failed";
    } else if (this.#joined && session.state === "ready") {
      if (!this.#open(session)) return;
      state = this.#shown ? "ready" : "building";
    } else if (this.#joined) state = "building";
    if (this.#part.frame.src && !(this.#joined && session.state === "ready" && !reason)) this.#close();
    this.#draw(state, reason, session);
  }

  /**
   * Has the app in the frame, or leaves with a reason.
   * @param {Session} session
   */
  #open(session) {
    const { frame, tab, jupyter } = this.#part;
    if (frame.src) return true;
    const app = below(session.server, this.dataset.path ?? "");
    if (!app) {
      this.#leave("unsafe");
      return false;
    }
    tab.href = app;
    jupyter.href = below(session.server, "lab");
    this.#swap((/** @type {HTMLIFrameElement} */ next) => {
      next.setAttribute("sandbox", "allow-scripts allow-popups allow-downloads");
      next.removeAttribute("loading");
      next.src = app;
      next.onload = () => {
        clearTimeout(this.#opening);
        this.#shown = true;
        this.update();
        session.check(true);
      };
    });
    this.#opening = setTimeout(() => this.#leave("app"), OPENING);
    return true;
  }

  #close() {
    clearTimeout(this.#opening);
    this.#shown = false;
    this.#swap((/** @type {HTMLIFrameElement} */ next) => next.removeAttribute("src"));
  }

  /**
   * Puts a new frame in the place of the old one: the first address of a frame
   * is not kept in the page's history.
   * @param {(frame: HTMLIFrameElement) => void} prepare
   */
  #swap(prepare) {
    const { frame } = this.#part;
    const next = this.#part.frame = frame.cloneNode();
    prepare(next);
    frame.replaceWith(next);
  }

  /**
   * @param {string} state
   * @param {string} reason
   * @param {Session} session
   */
  #draw(state, reason, session) {
    const { idle, building, over, tools, toggle, status } = this.#part;
    const focus = document.activeElement;
    const inside = this.contains(focus);
    const changed = this.#state !== state;
    this.dataset.state = this.#state = state;
    idle.hidden = state !== "idle";
    building.hidden = state !== "building";
    over.hidden = !reason;
    tools.hidden = state !== "ready";
    toggle.hidden = !session.logged || !/^(building|ready|failed)$/.test(state);
    let text;
    let key = state;
    if (reason) {
      this.#drawOver(reason);
      key = reason;
    } else if (state === "building") {
      text = this.#drawSteps(session);
      key += session.build.step;
    } else if (state === "ready") text = this.#words.running;
    status.textContent = text ?? this.#rest;
    if (key !== this.#said) this.#part.live.textContent = text ?? this.#words[reason] ?? "";
    this.#said = key;
    if (inside && !focus?.checkVisibility()) this.#refocus();
    if (!changed) return;
    clearInterval(this.#clock);
    if (state === "building") this.#clock = setInterval(() => this.#drawTime(), 1_000);
    if (reason === "build") this.#fold(false);
    this.dispatchEvent(new CustomEvent("bokeh-binder:state", { bubbles: true, detail: { state, reason } }));
  }

  /**
   * The steps, the bar and the time. Returns the word for what happens now.
   * @param {Session} session
   */
  #drawSteps({ state, build }) {
    const { steps, bar } = this.#part;
    for (const [i, item] of [...steps.children].entries()) {
      if (i === build.step) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    }
    if (build.share === undefined) bar.removeAttribute("value");
    else bar.value = build.share;
    this.#drawTime();
    return this.#words[state === "ready" ? "opening" : build.phase];
  }

  #drawTime() {
    const seconds = Math.floor((Date.now() - this.#since) / 1_000);
    this.#part.elapsed.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  /** @param {string} reason */
  #drawOver(reason) {
    const { happened, todo, again } = this.#part;
    const words = this.#words;
    happened.textContent = words[reason] ?? "";
    todo.textContent = words[`${reason}Todo`] ?? "";
    again.textContent = (reason === "paused" ? words.resume : CALM[reason] ? words.startAgain : words.again) ?? "";
    again.hidden = FINAL.includes(reason);
  }

  /** The control that had the focus is gone: the first of the new state has it. */
  #refocus() {
    ["cancel", "fullscreen", "tab", "again", "launch", "run"]
      .map((name) => this.#part[name])
      .find((part) => part.checkVisibility())
      ?.focus({ preventScroll: true });
  }

  /** @param {boolean} hidden */
  #fold(hidden) {
    const { log, toggle, lines } = this.#part;
    log.hidden = hidden;
    toggle.setAttribute("aria-expanded", !hidden);
    if (hidden || !this.#session) return;
    this.#drawLog(this.#session);
    if (this.#session.build.reason !== "build") return;
    const fault = [...lines.children].find((line) => FAULT.test(line.textContent));
    if (!fault) return;
    fault.className = "bb-fault";
    let times = 4; // lines out of view have a size only once they come near
    const near = () => {
      lines.scrollTop += fault.getBoundingClientRect().top - lines.getBoundingClientRect().top;
      if (--times) requestAnimationFrame(near);
    };
    near();
  }

  /**
   * Adds the new lines of the log, and takes the oldest away.
   * @param {Session} session
   */
  #drawLog({ log, logged }) {
    this.#soon = 0;
    const { log: box, lines } = this.#part;
    if (box.hidden) return;
    if (this.#log !== log) {
      lines.replaceChildren();
      this.#drawn = 0;
    }
    this.#log = log;
    const fresh = Math.min(logged - this.#drawn, LINES);
    this.#drawn = logged;
    if (!fresh) return;
    const end = lines.scrollTop + lines.clientHeight > lines.scrollHeight - 8;
    lines.append(...log.slice(-fresh).map((text) => {
      const line = document.createElement("div");
      line.textContent = text;
      return line;
    }));
    while (lines.childElementCount > LINES) lines.firstChild.remove();
    if (end) lines.scrollTop = lines.scrollHeight;
  }

  async #copy() {
    const { copy, live, lines } = this.#part;
    try {
      await navigator.clipboard.writeText(this.#session?.log.join("\n") ?? "");
      copy.textContent = live.textContent = this.#words.copied ?? "";
    } catch {
      // Not allowed: the reader can copy what is selected.
      getSelection()?.selectAllChildren(lines);
    }
  }
}

if (!customElements.get("bokeh-binder")) {
  customElements.define("bokeh-binder", BokehBinder);
  /** @param {(session: Session) => void} what */
  const each = (what) => sessions.forEach(what);
  let nap = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(nap);
    if (!document.hidden) return each((session) => session.check());
    nap = setTimeout(() => each((session) => session.members.forEach((member) => member.pause())), NAP);
  });
  addEventListener("pagehide", () => each((session) => session.suspend()));
  addEventListener("pageshow", ({ persisted }) => persisted && each((session) => session.resume()));
  // A frame that gains the focus takes it from the window; Firefox says so first.
  addEventListener("blur", () => setTimeout(() => {
    if (document.activeElement?.matches("bokeh-binder iframe")) each((session) => session.check());
  }));
}
