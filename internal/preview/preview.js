// Loads the page anew when the post or an app has changed, and runs again what
// was running. Only previews have it. It is no module: after one, a page's import map
// comes too late.
{
  /** Pages that scripts put in place of others have addresses of their own. */
  const key = () => `bokehbinder preview ${location.pathname}`;

  /** The ids of the embeds that run. */
  const running = new Set(JSON.parse(sessionStorage.getItem(key()) ?? "[]"));
  const [navigation] = performance.getEntriesByType("navigation");

  // Readers' pages run nothing by themselves, nor does this one when it is opened.
  const again = new Set(navigation?.type === "reload" ? running : []);

  let leaving = false;
  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("bokeh-binder:state", ({ target, detail }) => {
    if (leaving) return;
    if (detail.state === "idle" && again.delete(target.id)) return target.querySelector("[data-bb=run]").click();
    if (/building|ready/.test(detail.state)) running.add(target.id);
    else running.delete(target.id);
    sessionStorage.setItem(key(), JSON.stringify([...running]));
  });

  const changes = new EventSource("/.bokehbinder/changes");
  changes.onmessage = () => {
    leaving = true;
    location.reload();
  };

  // The page outlives the command that serves it.
  const ended = document.createElement("div");
  ended.role = "alert";
  ended.textContent = "The preview has ended: nothing on this page runs any more. Start it again, and load the page anew.";
  ended.style.cssText = "position:fixed;inset:auto 0 0;padding:12px 16px;background:#7a1f1f;color:#fff;font:16px system-ui;z-index:9999";
  changes.onerror = () => document.body.append(ended);
  changes.onopen = () => ended.remove();
}
