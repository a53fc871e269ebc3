// What every document of the product has: the switch of themes, the drawer, the way past the header, and times that say how long ago.
(() => {
  const root = document.documentElement;

  addEventListener('click', event => {
    const on = selector => event.target instanceof Element && event.target.closest(selector);
    if (on('[data-switch-theme]')) {
      const next = { undefined: 'light', light: 'dark', dark: undefined }[root.dataset.theme];
      if (next) root.dataset.theme = next; else delete root.dataset.theme;
      document.cookie = `agentos_theme=${next ?? ''}; path=/; samesite=lax; max-age=${next ? 31536000 : 0}`;
    } else if (on('[data-reload]')) location.reload();
    else if (on('.skip')) {
      // A plain '#main' would lead to the document's base.
      event.preventDefault();
      document.getElementById('main')?.focus();
    } else if (on('.bar [popover] a')) on('[popover]').hidePopover();
  }, true);

  // Called by pages: what the server cannot do.
  window.agentos = { show: (...ids) => ids.map(id => document.getElementById(id)).find(element => element)?.scrollIntoView({ block: ids.length > 1 ? 'center' : 'start' }) };

  // <time-ago at="2026-01-31T12:00:00Z">: the text lies in a shadow tree, so that whoever draws the page has nothing to overwrite.
  const steps = [[60, 'second', 1], [3600, 'minute', 60], [86400, 'hour', 3600], [86400 * 30, 'day', 86400], [86400 * 365, 'month', 86400 * 30], [Infinity, 'year', 86400 * 365]];
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'narrow' });
  const living = new Set();

  class TimeAgo extends HTMLElement {
    static observedAttributes = ['at'];
    connectedCallback() {
      if (!this.shadowRoot) this.attachShadow({ mode: 'open' });
      living.add(this);
      this.draw();
    }
    disconnectedCallback() { living.delete(this); }
    attributeChangedCallback() { this.draw(); }
    draw() {
      const at = new Date(this.getAttribute('at'));
      if (!this.shadowRoot || isNaN(at)) return;
      const seconds = Math.max(0, (Date.now() - at) / 1000);
      const [, unit, size] = steps.find(([limit]) => seconds < limit);
      const text = seconds < 5 ? 'now' : words.format(-Math.floor(seconds / size), unit);
      if (this.shadowRoot.textContent !== text) this.shadowRoot.textContent = text;
      this.title = at.toLocaleString();
    }
  }
  customElements.define('time-ago', TimeAgo);
  setInterval(() => living.forEach(element => element.draw()), 5000);
})();
