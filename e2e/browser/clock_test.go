package browser_test

// clock hands time to the test. Timers of a minute and more fire when pass(n)
// lets n minutes go by, those that repeat each time that they are due; hide(true) puts the page in the background, hide(false)
// brings it back.
const clock = `{
	const { setTimeout: start, clearTimeout: stop, setInterval: repeat, clearInterval: end } = window;
	const now = Date.now.bind(Date);
	const held = new Map();
	let id = 1e9, skew = 0, hidden = false;
	Date.now = () => now() + skew;
	window.setTimeout = (f, ms = 0, ...args) => {
		if (ms < 60_000) return start(f, ms, ...args);
		held.set(++id, { f, at: Date.now() + ms });
		return id;
	};
	window.setInterval = (f, ms = 0, ...args) => {
		if (ms < 60_000) return repeat(f, ms, ...args);
		const which = window.setTimeout(f, ms);
		held.get(which).every = ms;
		return which;
	};
	window.clearInterval = (which) => held.delete(which) || end(which);
	window.clearTimeout = (which) => held.delete(which) || stop(which);
	window.pass = (minutes) => {
		skew += minutes * 60_000;
		for (const [which, timer] of held) {
			while (held.has(which) && timer.at <= Date.now()) {
				if (timer.every) timer.at += timer.every;
				else held.delete(which);
				timer.f();
			}
		}
	};
	const really = Object.getOwnPropertyDescriptor(Document.prototype, "hidden").get;
	Object.defineProperty(Document.prototype, "hidden", { configurable: true, get: () => hidden || really.call(document) });
	window.hide = (value) => { hidden = value; document.dispatchEvent(new Event("visibilitychange", { bubbles: true })); };
}`
