// Puts Elsa Studio's element for the address into the page, and keeps address and element together. All elements share one
// WebAssembly runtime, which takes seconds to start: going from a list to an editor therefore replaces the element, not the page.
(() => {
  const base = '/studio/';
  const api = new URL('/elsa/api', location.origin).href;
  const host = document.getElementById('main');
  const encode = encodeURIComponent;
  const toDefinition = id => go(`${base}workflows/${encode(id)}`);
  const toInstance = id => go(`${base}instances/${encode(id)}`);

  const views = [
    { at: /^workflows$/, tag: 'elsa-workflow-definition-list', title: 'Workflows', calls: { editWorkflowDefinition: toDefinition } },
    { at: /^workflows\/([^/]+)$/, tag: 'elsa-workflow-definition-editor', id: 'definition-id', title: 'Workflow', monaco: true },
    { at: /^instances$/, tag: 'elsa-workflow-instance-list', title: 'Instances', calls: { viewWorkflowInstance: toInstance } },
    { at: /^instances\/([^/]+)$/, tag: 'elsa-workflow-instance-viewer', id: 'instance-id', title: 'Instance', monaco: true, calls: { editWorkflowDefinition: toDefinition } },
  ];

  // What Studio pushes: `workflows/definitions/{id}/edit` and `workflows/instances/{id}/view`, with or without our base.
  const pushed = /^\/(?:studio\/)?workflows\/(definitions|instances)\/([^/]+)\/(?:edit|view)\/?$/;
  const ours = path => {
    const match = pushed.exec(path);
    return match ? `${base}${match[1] === 'definitions' ? 'workflows' : 'instances'}/${match[2]}` : path;
  };

  const pushState = history.pushState.bind(history);
  const replaceState = history.replaceState.bind(history);
  const watch = original => (state, title, address) => {
    const url = address === undefined || address === null ? null : new URL(address, document.baseURI);
    if (url?.origin !== location.origin) return original(state, title, address);
    const path = ours(url.pathname);
    if (path !== url.pathname) { pushState(null, '', path); show(); }
    // A list replaces its address to keep the page and order in the query, by what Blazor takes for the address: it never hears of our swaps.
    else original(state, title, original === replaceState ? location.pathname + url.search + url.hash : address);
  };
  history.pushState = watch(pushState);
  history.replaceState = watch(replaceState);
  addEventListener('popstate', () => show());

  // Studio's own links, and those of our header, are plain anchors: the same element swap for them.
  addEventListener('click', event => {
    const link = event.composedPath().find(node => node instanceof HTMLAnchorElement);
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || (link.target && link.target !== '_top') || link.hasAttribute('download')) return;
    const url = new URL(link.href, document.baseURI);
    const path = ours(url.pathname);
    if (url.origin !== location.origin || !viewOf(path)) return;
    event.preventDefault();
    go(path);
  });

  function viewOf(path) {
    if (!path.startsWith(base)) return null;
    const rest = path.slice(base.length).replace(/\/$/, '');
    for (const view of views) {
      const match = view.at.exec(rest);
      if (match) return { ...view, value: match[1] && decodeURIComponent(match[1]) };
    }
    return null;
  }

  function go(path) {
    if (path === location.pathname) return;
    pushState(null, '', path);
    show();
  }

  let monaco;
  const loadMonaco = () => monaco ??= host.dataset.monaco.split(' ').reduce((before, source) => before.then(() => new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = source;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${source} did not load.`));
    document.head.append(script);
  })), Promise.resolve()).then(() => hasMonaco());

  // The last script only names its modules: on a busy machine the object that Studio uses is there a moment later.
  function hasMonaco(tries = 250) {
    return new Promise(resolve => {
      const look = () => window.monaco || tries-- === 0 ? resolve() : setTimeout(look, 20);
      look();
    });
  }

  // Blazor keeps an element that left the page for another second, in case that it only moved, and two of Studio's elements
  // cannot live at once. So the timer that leaving sets is run now, and waited for.
  function leave(element) {
    const later = window.setTimeout;
    const disposals = [];
    window.setTimeout = run => { disposals.push(run); return 0; };
    try { element.remove(); } finally { window.setTimeout = later; }
    return Promise.all(disposals.map(run => run()));
  }

  let shown = 0;
  async function show() {
    const turn = ++shown;
    const view = viewOf(location.pathname);
    if (!view) return location.assign(location.pathname);
    document.title = `${view.title} · AgentOS`;
    for (const link of document.querySelectorAll('.bar nav a')) {
      const here = location.pathname === link.pathname || location.pathname.startsWith(link.pathname + '/');
      if (link.pathname !== '/') here ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current');
    }
    if (host.lastElementChild?.id !== 'starting') await leave(host.lastElementChild);
    if (view.monaco) await loadMonaco();
    if (turn !== shown) return;

    // No credential is in the page: the cookie, which no script can read, goes with every request to this server.
    const element = document.createElement(view.tag);
    element.setAttribute('remote-endpoint', api);
    if (view.id) element.setAttribute(view.id, view.value);
    host.append(element);
    await customElements.whenDefined(view.tag);
    document.getElementById('starting')?.remove();
    // Blazor's constructor overwrites what was set before it defined the element.
    Object.assign(element, view.calls ?? {});
    document.dispatchEvent(new CustomEvent('agentos:shown', { detail: { tag: view.tag, value: view.value } }));
  }
  document.addEventListener('agentos:again', () => show());

  // The palette's cards have no name that a style sheet could know them by, but their panels have titles.
  let marking = 0;
  new MutationObserver(() => marking ||= requestAnimationFrame(() => {
    marking = 0;
    for (const panel of host.querySelectorAll('.mud-expand-panel')) {
      const title = panel.querySelector('.mud-expand-panel-header')?.textContent.trim() ?? '';
      if (panel.dataset.category !== title) panel.dataset.category = title;
    }
  })).observe(host, { childList: true, subtree: true });

  // An address may name a step (?step=ID): once its node is drawn, it is chosen as by a click, and its details are shown.
  const wanted = /^[\w-]{1,100}$/.exec(new URLSearchParams(location.search).get('step') ?? '')?.[0];
  if (wanted) {
    const looking = new MutationObserver(() => {
      const node = host.querySelector(`.x6-node[data-cell-id="${wanted}"] .elsa-activity`);
      if (!node) return;
      looking.disconnect();
      // Drawn is not yet ready: the graph takes clicks when its first frame is through.
      requestAnimationFrame(() => requestAnimationFrame(() => {
        const box = node.getBoundingClientRect();
        const at = { bubbles: true, cancelable: true, view: window, button: 0, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
        for (const kind of ['mousedown', 'mouseup', 'click']) node.dispatchEvent(new MouseEvent(kind, at));
        host.dataset.step = wanted;
      }));
    });
    looking.observe(host, { childList: true, subtree: true });
  }

  show();
})();
