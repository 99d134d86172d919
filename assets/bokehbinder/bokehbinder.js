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

/** @type {Build} */
const FIRST = { phase: "connecting", step: 0 };
/** @type {Record<string, any>} */
const STEPS = { waiting: 0, fetching: 0, building: 1, pushing: 1, built: 2, launching: 2 };

// By a failure's status and text in small letters.
/** @type {Record<string, RegExp>} */
const CAUSES = {
  rate: /^429 /,
  bot: /^403 .*\bbots?\b/,
  network: /^403 requests from/,
  altered: /accept header/,
  maintenance: /maintenance/,
  users: / too many users running/,
  full: / too many users/,
  banned: / is not allowed to launch/,
  failed: / error resolving ref.*rate limit/,
  ref: / (could not|error) resolv(e|ing) ref| spec is not| no provider| unsupported git/,
  cut: / unhandled error watching/,
};
/** @type {Record<string, any>} */
const CALM = { paused: "paused", ended: "ended", stopped: "ended", cancelled: "ended" };

/** A property of the document, which elements named like it would hide. */
const page = (/** @type {string} */ name) => Reflect.get(Document.prototype, name, document);

/**
 * What is known after an event; the same object if that is nothing new.
 * @param {Build} build
 * @param {Record<string, any>} event
 * @returns {Build}
 */
function next(build, event) {
  const text = (/** @type {unknown} */ value = "") => typeof value === "object" ? "" : `${value}`;
  const phase = text(event.phase).toLowerCase();
  if (phase === "ready") return { phase, step: 2, server: { url: text(event.url), token: text(event.token) } };
  if (phase === "failed") {
    const said = `${text(event.status_code)} ${text(event.message)}`.toLowerCase();
    const known = Object.keys(CAUSES).find((reason) => CAUSES[reason].test(said));
    const reason = known ?? (build === FIRST || /^[1-4]\d\d /.test(said) ? phase : build.step === 2 ? "spawn" : "build");
    return { ...build, reason, seconds: /^429.* (\d+) s/.exec(said)?.[1] };
  }
  if (!(STEPS[phase] >= build.step)) return build;
  let current = 0;
  let total = 0;
  for (const layer of Object.values(event.progress ?? {})) {
    if (layer?.total > 0 && Number.isFinite(layer.current)) {
      current += layer.current;
      total += layer.total;
    }
  }
  const share = total ? current / total : phase === build.phase ? build.share : undefined;
  return phase === build.phase && share === build.share ? build : { phase, step: STEPS[phase], share };
}

/** A message's lines, without a terminal's colours. */
const lines = (/** @type {unknown} */ message) => typeof message !== "string" ? [] : message
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

/** An address below a server's, with its token. @param {Partial<Server>} server */
function below({ url, token }, path = "") {
  const base = safe(url);
  if (!base) return "";
  base.pathname = base.pathname.replace(/\/?$/, "/");
  const app = safe(path.replace(/^\/+/, ""), base.href);
  if (app?.origin !== base.origin || !app.pathname.startsWith(base.pathname)) return "";
  if (token) app.searchParams.append("token", token);
  return app.href;
}

/** @param {string} url @param {RequestInit} [options] */
async function ask(url, options) {
  if (!url) return false;
  try {
    const answer = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(20_000), ...options });
    return answer.ok || !answer.status;
  } catch {
    return false;
  }
}

const lives = (/** @type {Partial<Server>} */ server) => ask(below(server, "api/status"));
const clock = (/** @type {number} */ seconds) => `${seconds / 60 | 0}:${`0${seconds % 60 | 0}`.slice(-2)}`;
const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One server, shared by the embeds and pages of a tab. */
function sessionAt(hub = "", path = "") {
  const address = hub + path;
  /** @type {Set<BokehBinder>} */
  const embeds = new Set();
  /** @type {Build} */
  let build = { phase: "", step: 0 };
  /** @type {string[]} */
  const log = [];
  /** The server, or who builds: a member of a federation. @type {Kept} */
  let kept = {};
  /** @type {EventSource | undefined} */
  let stream;
  let limit = 0;
  let run = 0; // changes when what goes on is given up
  let tries = 0;
  let asked = 0;

  const tell = () => embeds.forEach((embed) => embed.update());

  function close() {
    stream?.close();
    stream = undefined;
  }

  function set(/** @type {Build} */ next) {
    run++;
    clearTimeout(limit);
    close();
    build = next;
    tell();
  }

  /** @param {string} reason */
  function end(reason) {
    // Else the build may go on.
    if (!/cut|down|lost|slow/.test(reason)) keep();
    set({ ...build, reason, server: undefined });
  }

  /** @param {Server} server */
  function ready(server) {
    if (!below(server)) return end("unsafe");
    keep({ ...kept, ...server });
    asked = Date.now();
    set({ phase: "opening", step: 2, server });
  }

  /** @param {false | Promise<boolean>} [before] */
  async function start(before) {
    log.length = tries = 0;
    set(FIRST);
    if (!safe(hub)) return end("unsafe");
    limit = setTimeout(() => end("slow"), LAUNCH);
    const now = run;
    await before;
    const { url = "", token = "", member } = find();
    const alive = await lives({ url, token });
    if (now !== run) return;
    kept = safe(member) ? { member } : {};
    if (alive) ready({ url, token });
    else listen();
  }

  function listen() {
    let opened = false;
    build = FIRST;
    stream = new EventSource((kept.member ?? hub) + path);
    stream.onopen = () => { opened = true; };
    stream.onmessage = hear;
    stream.onerror = () => broken(opened);
    tell();
  }

  /** @param {MessageEvent} event */
  function hear({ data, origin }) {
    const member = hub.replace(/^\w+:\/\/[^/]+/, origin);
    if (member !== kept.member) keep({ member });
    let event;
    try {
      event = JSON.parse(data);
    } catch {}
    if (event !== Object(event)) return build === FIRST && end("garbled");
    // Each line keeps its place, but only the last ones stay.
    for (const line of lines(event.message)) delete log[log.push(line) - LINES - 1];
    const before = build;
    build = next(before, event);
    const { reason, server } = build;
    if (reason) end(reason);
    else if (server) ready(server);
    else if (build !== before) tell();
  }

  async function broken(/** @type {boolean} */ opened) {
    // The browser's own retries would never end.
    close();
    const { member } = kept;
    // Asking again could start a second server, or a second build elsewhere.
    if (build.step === 2 || opened && !member) return end("lost");
    const now = run;
    const again = member && ++tries < 3;
    const there = !again && !opened && await ask(`${hub}/versions`, { mode: "no-cors" });
    if (now !== run) return;
    if (!again) return end(opened ? "cut" : !there ? "down" : member ? "gone" : "refused");
    build = { ...build, phase: "reconnecting" };
    tell();
    await wait(tries * 2_000 * (1 + Math.random()));
    if (now === run) listen();
  }

  // A page without storage shares nothing.
  /** @returns {Kept} */
  function find() {
    try {
      return Object(JSON.parse(sessionStorage.getItem(address) ?? ""));
    } catch {
      return kept;
    }
  }

  function keep(next = {}) {
    kept = next;
    try {
      sessionStorage.setItem(address, JSON.stringify(kept));
    } catch {}
  }

  return {
    embeds,
    log,
    get build() { return build; },

    /** @param {BokehBinder} embed */
    join(embed) {
      embeds.add(embed);
      if (build.phase && !build.reason) embed.update();
      else start();
    },

    /** @param {BokehBinder} embed */
    leave(embed) {
      embeds.delete(embed);
      if (!embeds.size && !build.server) set({ phase: "", step: 0 });
    },

    // From the back/forward cache, where streams die.
    resume() {
      if (stream) broken(true);
    },

    /** By the page's policy. @param {string} uri */
    blocked(uri) {
      const asked = safe(kept.url ?? kept.member ?? hub);
      if (asked && uri.startsWith(asked.origin)) end("policy");
    },

    /** Sees whether the server lives; a frame that is blocked loads as well. @param {boolean} [must] */
    async check(must) {
      const { server } = build;
      if (!server || !must && (!embeds.size || !navigator.onLine || Math.abs(Date.now() - asked) < MINUTE)) return;
      asked = Date.now();
      const now = run;
      if (await lives(server)) return;
      await wait(2_000);
      if (!await lives(server) && now === run) end("ended");
    },

    /** @param {boolean} [again] */
    stop(again) {
      const { server } = build;
      const done = server && ask(below(server, "api/shutdown"), { method: "POST", keepalive: true });
      end("stopped");
      if (again) start(done);
    },
  };
}

/** @typedef {ReturnType<typeof sessionAt>} Session */

/** @type {Record<string, Session>} */
const sessions = {};

class BokehBinder extends HTMLElement {
  /** @type {Record<string, any>} */
  #part = {};
  #session = sessionAt();
  /** Until it is known whether the server lives. @type {boolean | undefined} */
  #busy;
  /** @type {Record<string, any>} */
  #words = {};
  /** A reason of this embed alone. @type {string | undefined} */
  #own;
  /** @type {boolean | undefined} */
  #shown;
  /** @type {string | undefined} */
  #said;
  #since = 0;
  #drawn = 0; // lines of the log
  /** @type {number | undefined} */
  #clock;
  /** @type {number | undefined} */
  #opening;

  connectedCallback() {
    if (this.#part.run) return;
    for (const part of /** @type {NodeListOf<any>} */ (this.querySelectorAll("[data-bb]"))) this.#part[part.dataset.bb] = part;
    const { run, fullscreen, toggle, log } = this.#part;
    // Where the post's summary is beside the post, ids stand twice.
    while ((page("getElementById").call(document, this.id) ?? this) !== this) this.id += "-2";
    run.ariaDescribedByElements = [run.nextElementSibling];
    toggle.ariaControlsElements = [log];
    this.#choose();
    run.role = "button";
    fullscreen.hidden = !page("fullscreenEnabled");
    this.onclick = this.onkeydown = this.#press;
    this.update();
  }

  #choose() {
    const { provider, spec } = this.dataset;
    const [hub] = this.#hubs;
    const path = `/build/${provider}/${spec}`;
    this.#session = sessions[hub + path] ??= sessionAt(hub, path);
  }

  get #hubs() {
    return (this.dataset.hub ?? "").split(" ");
  }

  disconnectedCallback() {
    // An element that is moved is back at once.
    setTimeout(() => this.isConnected || this.#leave());
  }

  /** @param {any} event */
  #press(event) {
    const name = event.target.closest("[data-bb]")?.dataset.bb;
    const link = name === "run";
    const act = /** @type {any} */ (this)[name];
    if (!act || link && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
    // A held key or a double click must not press what comes next.
    if (event.key && !(/ |Enter/.test(event.key) && (link || event.repeat))) return;
    event.preventDefault();
    if (!event.repeat && event.detail < 2) act.call(this);
  }

  async run() {
    this.#own = "";
    this.#drawn = 0;
    this.#since = performance.now();
    const session = this.#session;
    try {
      this.#words = (await import(`./bokehbinder.${encodeURIComponent(this.dataset.words ?? "en")}.js`)).default;
    } catch {
      return location.assign(this.#part.run.href);
    }
    this.#speak();
    this.#busy = true;
    this.update();
    await session.check(true);
    if (!this.#busy) return;
    this.#busy = false;
    session.join(this);
  }

  again = this.run;

  /** Puts the words in, which come with the first click. */
  #speak() {
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

  /** @param {boolean} [again] */
  stop(again) {
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
    const fault = [...lines.children]
      .find((line) => /(error|exception|notfound|fatal|failed)\b( in |\]?:)|^E: |non-zero/i.test(line.textContent));
    if (!fault) return;
    fault.className = "bb-fault";
    lines.scrollTop = fault.offsetTop - lines.offsetTop;
  }

  async copy() {
    const { copy, live, lines } = this.#part;
    try {
      await navigator.clipboard.writeText(this.#session.log.slice(-LINES).join("\n"));
      copy.textContent = live.textContent = this.#words.copied;
    } catch {
      getSelection()?.selectAllChildren(lines);
    }
  }

  /** @param {string} [reason] */
  #leave(reason) {
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
    const { frame, tab, jupyter, over, todo } = this.#part;
    const { build, embeds } = this.#session;
    const joined = embeds.has(this);
    const reason = this.#own || joined && build.reason || "";
    const server = joined && build.server;
    if (server && !frame.src) {
      // Light text means a dark page; of a mix of colours the lightness comes first.
      const first = parseFloat(getComputedStyle(todo).color.split("(")[1]);
      const theme = first > (first > 1 ? 128 : 0.5) ? "dark" : "light";
      const app = below(server, this.dataset.path?.replaceAll("{theme}", theme));
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

  /** As high as the app says it is, within the bounds of the tag. @param {MessageEvent} message */
  fit({ source, data }) {
    const { stage, frame } = this.#part;
    const height = data?.bokehbinder?.height;
    if (source !== frame.contentWindow || !frame.src || !Number.isFinite(height)) return;
    const rest = Math.max(0, stage.clientHeight - frame.clientHeight);
    const whole = Math.ceil(Math.min(4_000, Math.max(100, height)) + rest);
    const strut = stage.firstElementChild;
    strut.setAttribute("height", whole);
    strut.setAttribute("viewBox", `0 0 1 ${whole}`);
  }

  /** A new frame each time: the history keeps all its addresses but the first. @param {string} [src] */
  #swap(src) {
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

  /** @param {string} state @param {string} reason */
  #draw(state, reason) {
    const { idle, building, over, tools, toggle, status, live } = this.#part;
    const words = this.#words;
    const { build, log } = this.#session;
    const changed = this.dataset.state !== state;
    this.dataset.state = state;
    idle.hidden = state !== "idle";
    building.hidden = state !== "building";
    over.hidden = !reason;
    tools.hidden = state !== "ready";
    toggle.hidden = !log.length || /idle|paused|ended/.test(state);
    if (!building.hidden) this.#drawSteps(build);
    if (reason) this.#drawOver(reason);
    const now = words[!building.hidden ? `phase_${this.#busy ? "connecting" : build.phase}` : state === "ready" ? "running" : ""];
    status.textContent = now ?? safe(this.#hubs[0])?.host;
    const key = state + reason + (building.hidden || build.step);
    if (key !== this.#said) live.textContent = now ?? words[reason]?.[0];
    this.#said = key;
    this.#drawLog();
    if (!changed) return;
    clearTimeout(this.#clock); // it ends intervals, too
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
    elapsed.textContent = clock((performance.now() - this.#since) / 1_000);
    elapsed.ariaLabel = `${this.#words.elapsed} ${elapsed.textContent}`;
  }

  /** @param {string} reason */
  #drawOver(reason) {
    const { happened, todo: help, again, launch, run, other } = this.#part;
    const words = this.#words;
    const [what, todo] = words[reason];
    const next = this.#hubs[1];
    const { seconds } = this.#session.build;
    happened.textContent = what;
    help.textContent = todo + (seconds ? ` ${words.rate_wait.replace("{time}", clock(+seconds))}` : "");
    again.textContent = words[reason === "paused" ? "resume" : CALM[reason] ? "start_again" : "again"];
    other.textContent = words.other.replace("{hub}", () => safe(next)?.host);
    launch.href = run.href;
    // What cannot help is not offered.
    again.hidden = /ref$|bot|banned|unsafe|policy/.test(reason);
    launch.hidden = /ref$|bot|banned|build|network|maintenance|users|full|down/.test(reason);
    other.hidden = !next || CALM[reason] || /ref$|build|app|lost/.test(reason);
  }

  #drawLog() {
    const { log: box, lines } = this.#part;
    const { log } = this.#session;
    if (log.length < this.#drawn) this.#drawn = 0;
    const fresh = Math.min(log.length - this.#drawn, LINES);
    if (box.hidden || !fresh) return;
    if (!this.#drawn) lines.replaceChildren();
    this.#drawn = log.length;
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
  const each = (/** @type {(session: Session) => void} */ act) => Object.values(sessions).forEach(act);
  const check = () => each((session) => session.check());
  let nap = 0;
  addEventListener("visibilitychange", () => {
    clearTimeout(nap);
    if (!page("hidden")) return check();
    nap = setInterval(() => each(({ embeds }) => embeds.forEach((embed) => embed.pause())), 10 * MINUTE);
  });
  addEventListener("message", (message) => each(({ embeds }) => embeds.forEach((embed) => embed.fit(message))));
  addEventListener("pageshow", ({ persisted }) => persisted && each((session) => session.resume()));
  addEventListener("securitypolicyviolation", ({ disposition, blockedURI }) => {
    if (disposition === "enforce") each((session) => session.blocked(blockedURI));
  });
  // A frame that gains the focus takes it from the window.
  addEventListener("blur", () => setTimeout(() => page("activeElement")?.matches(".bb-frame") && check()));
}
