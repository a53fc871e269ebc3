// Starts the circuit, and keeps it: after a loss it is tried again for as long as the page is open. When the server was started anew it does not
// know this circuit any more, and the page is loaded again. And what of the pages only the browser can do: to drag, to open menus, to see a scroll.
(() => {
  const notice = document.getElementById('components-reconnect-modal');
  notice.addEventListener('components-reconnect-state-changed', event => {
    if (event.detail.state === 'rejected') location.reload();
    // Cut because the browser was signed out: the page says so itself.
    else if (event.detail.state !== 'hide') fetch('/api/browsers', { cache: 'no-store' }).then(answer => { if (answer.status === 401) location.reload(); }, () => {});
  });

  const own = (name, detail) => Blazor.registerCustomEventType(name, { createEventArgs: event => detail(event.detail ?? {}) });
  own('cardmove', ({ id, state }) => ({ id, state }));
  own('cardmenu', ({ id }) => ({ id }));
  own('feedaway', ({ away }) => ({ away }));
  own('feedend', () => ({}));
  const tell = (element, name, detail) => element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));

  Blazor.start({
    circuit: { reconnectionOptions: { maxRetries: 1000000, retryIntervalMilliseconds: attempt => Math.min(200 * (attempt + 1), 3000) } },
  });

  // A card is dragged to a column. Where it may go is the server's to say.
  let dragged = null;
  const columnOf = event => dragged && event.target instanceof Element ? event.target.closest('.column[data-state]') : null;
  const mark = column => {
    document.querySelectorAll('.column.over').forEach(other => other.classList.remove('over'));
    column?.classList.add('over');
  };
  addEventListener('dragstart', event => {
    dragged = event.target instanceof Element ? event.target.closest('.card[data-id]') : null;
    if (!dragged) return;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', dragged.dataset.id);
    dragged.classList.add('dragged');
  });
  addEventListener('dragover', event => {
    const column = columnOf(event);
    if (!column) return;
    event.preventDefault();
    if (!column.classList.contains('over')) mark(column);
  });
  addEventListener('drop', event => {
    const column = columnOf(event);
    if (!column) return;
    event.preventDefault();
    if (column.dataset.state !== dragged.dataset.status) tell(column, 'cardmove', { id: dragged.dataset.id, state: column.dataset.state });
  });
  addEventListener('dragend', () => {
    mark(null);
    dragged?.classList.remove('dragged');
    dragged = null;
  });

  // A menu stands at the button that opened it, and is gone through with the arrow keys.
  let opener = null;
  addEventListener('click', event => {
    const button = event.target instanceof Element ? event.target.closest('[aria-haspopup=menu][popovertarget]') : null;
    if (!button) return;
    opener = button;
    const card = button.closest('.card[data-id]');
    if (card) tell(document.getElementById(button.getAttribute('popovertarget')), 'cardmenu', { id: card.dataset.id });
  }, true);
  addEventListener('toggle', event => {
    const menu = event.target;
    if (!menu.matches?.('.menu') || event.newState !== 'open' || !opener) return;
    // What is in it comes from the server in a moment.
    const place = () => {
      const at = opener.getBoundingClientRect();
      menu.style.left = `${Math.max(8, Math.min(at.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8))}px`;
      menu.style.top = `${at.bottom + 4 + menu.offsetHeight > innerHeight - 8 ? Math.max(8, at.top - menu.offsetHeight - 4) : at.bottom + 4}px`;
    };
    place();
    const first = () => menu.querySelector('[role=menuitem]')?.focus();
    first();
    const watch = new MutationObserver(() => { place(); if (!menu.contains(document.activeElement)) first(); });
    watch.observe(menu, { childList: true, subtree: true });
    menu.addEventListener('beforetoggle', () => watch.disconnect(), { once: true });
  }, true);
  addEventListener('keydown', event => {
    const menu = event.target instanceof Element ? event.target.closest('.menu') : null;
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!menu || !step) return;
    event.preventDefault();
    const items = [...menu.querySelectorAll('[role=menuitem]')];
    const now = items.indexOf(document.activeElement);
    const next = step === -Infinity ? 0 : step === Infinity ? items.length - 1 : (now + step + items.length) % items.length;
    items[next]?.focus();
  });

  // A feed that is read further down does not move, and goes on before its end is reached.
  addEventListener('scroll', event => {
    const feed = event.target instanceof Element ? event.target.parentElement : null;
    if (!feed?.matches('[data-feed]')) return;
    const { scrollTop, scrollHeight, clientHeight } = event.target;
    if (scrollHeight - scrollTop - clientHeight < 800 && feed.dataset.askedAt !== String(scrollHeight)) {
      feed.dataset.askedAt = scrollHeight;
      tell(feed, 'feedend');
    }
    const away = scrollTop > 40;
    if (away === (feed.dataset.away === 'true')) return;
    feed.dataset.away = away;
    // What is further down may be another page then, of the same height.
    delete feed.dataset.askedAt;
    tell(feed, 'feedaway', { away });
  }, true);
  addEventListener('click', event => {
    if (event.target instanceof Element && event.target.closest('[data-to-top]')) event.target.closest('[data-feed]').querySelector('.rows').scrollTo(0, 0);
  });

  // News on the desktop, for who asked for them with a click. Several open pages tell the same once: by the tag.
  const root = document.documentElement;
  const may = () => 'Notification' in window ? Notification.permission : 'none';
  const wants = () => localStorage.getItem('agentos_news') === 'on';
  const showNews = () => { root.dataset.news = may() === 'granted' && wants() ? 'on' : may() === 'denied' || may() === 'none' ? may() : 'off'; };
  addEventListener('storage', showNews);
  addEventListener('click', async event => {
    const ask = event.target instanceof Element ? event.target.closest('[data-news-switch]')?.dataset.newsSwitch : null;
    if (!ask) return;
    localStorage.setItem('agentos_news', ask);
    if (ask === 'on' && may() === 'default') await Notification.requestPermission();
    showNews();
  });
  window.agentos.tell = (tag, title, body, address) => {
    if (may() !== 'granted' || !wants()) return;
    try {
      const told = new Notification(title, { tag, body: body?.slice(0, 300) });
      told.onclick = () => {
        focus();
        told.close();
        Blazor.navigateTo(address);
      };
    } catch { /* a phone's browser has the word, but tells only what a service worker tells it */ }
  };
  showNews();

  // A session that runs is followed to its newest words, until its reader scrolls up; at the end, or by the button, it is followed again.
  let followed = null, following = true, last = 0, drawing = 0;
  const end = () => root.scrollHeight - innerHeight - scrollY;
  const follow = () => {
    drawing = 0;
    const transcript = document.querySelector('[data-follow]');
    if (transcript?.dataset.follow !== followed) {
      followed = transcript?.dataset.follow;
      following = true;
    }
    if (!transcript) return;
    transcript.classList.toggle('left', !following);
    if (!following) return;
    scrollTo(0, root.scrollHeight);
    const output = transcript.querySelector('.live pre');
    if (output) output.scrollTop = output.scrollHeight;
  };
  new MutationObserver(() => drawing ||= requestAnimationFrame(follow)).observe(document.body, { childList: true, subtree: true, characterData: true });
  addEventListener('scroll', event => {
    if (event.target !== document || !followed) return;
    // Up: a person's doing, as what grows never takes one there.
    if (scrollY < last - 2 && end() > 40) following = false;
    else if (end() <= 40) following = true;
    last = scrollY;
    document.querySelector('[data-follow]')?.classList.toggle('left', !following);
  }, true);
  addEventListener('click', event => {
    if (!(event.target instanceof Element && event.target.closest('[data-follow-on]'))) return;
    following = true;
    follow();
  });
})();
