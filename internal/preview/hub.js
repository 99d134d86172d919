// Points embeds at the preview's hub, those that a page's scripts make as well. It
// comes before all other scripts of the page. Only previews have it.
{
  const { hub } = document.currentScript.dataset;
  const launch = new RegExp(document.currentScript.dataset.launch);

  /** @param {HTMLAnchorElement} link */
  const point = (link) => {
    const to = link.href.startsWith(`${hub}/`) ? null : launch.exec(link.href);
    if (to) link.href = hub + to[1];
  };

  const define = customElements.define;
  customElements.define = function (name, element, options) {
    if (name === "bokeh-binder") {
      const { connectedCallback } = element.prototype;
      element.prototype.connectedCallback = function () {
        this.dataset.hub = hub;
        this.querySelectorAll("a[rel~=nofollow][href]").forEach(point);
        connectedCallback.call(this);
      };
    }
    define.call(this, name, element, options);
  };

  // A launch link in a sentence is no element of ours.
  for (const type of ["pointerdown", "click"]) {
    addEventListener(type, ({ target }) => {
      const link = target instanceof Element && target.closest("a[rel~=nofollow][href]");
      if (link) point(link);
    }, true);
  }
}
