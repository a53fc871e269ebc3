// The board and the feed, read through /api and kept up by /api/events. Whatever came from a model or a repository is put into
// the page as text, never as markup.
const columns = [
  ['inbox', 'Inbox'], ['assigned', 'Assigned'], ['in_progress', 'In progress'], ['review', 'Review'], ['blocked', 'Blocked'], ['done', 'Done'],
];
const feedLength = 100;
const find = id => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  const { data, ...rest } = properties;
  Object.assign(node, rest);
  Object.assign(node.dataset, data ?? {});
  node.append(...children.filter(child => child !== null && child !== undefined && child !== ''));
  return node;
}

async function read(address) {
  const response = await fetch(address, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(`${address} answered ${response.status}.`);
  const body = await response.json();
  return Array.isArray(body) ? body : body.items ?? [];
}

const money = value => value > 0 ? `$${Number(value).toFixed(value < 0.1 ? 4 : 2)}` : '';
const clock = text => new Date(text).toLocaleTimeString([], { hour12: false });
const instanceLink = (task, text) => task.workflow_instance_id
  ? make('a', { href: `/studio/instances/${encodeURIComponent(task.workflow_instance_id)}`, className: 'steps', title: 'The steps of its workflow' }, text)
  : null;

function card(task) {
  return make('article', { className: 'card', data: { id: task.id, status: task.status } },
    make('h3', {}, task.title),
    make('p', { className: 'facts' },
      task.attempt > 1 ? make('span', { className: 'attempt' }, `attempt ${task.attempt}`) : null,
      task.branch_name ? make('code', {}, task.branch_name) : null,
      make('span', {}, money(task.spent_usd)),
      instanceLink(task, 'steps')),
    task.status === 'blocked' && task.error ? make('p', { className: 'reason' }, task.error) : null);
}

function goalRow(goal, tasks) {
  const below = tasks.filter(task => task.parent_task_id === goal.id && task.status !== 'cancelled');
  const done = below.filter(task => task.status === 'done').length;
  return make('article', { className: 'goal', data: { id: goal.id, status: goal.status } },
    make('h3', {}, goal.title),
    make('span', { className: 'state' }, goal.status.replace('_', ' ')),
    make('progress', { max: Math.max(below.length, 1), value: goal.status === 'done' ? Math.max(below.length, 1) : done, ariaLabel: 'Tasks that are done' }),
    make('span', { className: 'count' }, `${done} of ${below.length}`),
    make('span', {}, money(goal.spent_usd)),
    instanceLink(goal, 'steps'));
}

function draw(all) {
  const goals = all.filter(task => task.kind === 'goal');
  const tasks = all.filter(task => task.kind !== 'goal');
  find('nothing').hidden = all.length > 0;
  find('goals').replaceChildren(...goals.map(goal => goalRow(goal, all)));
  find('board').replaceChildren(...(all.length === 0 ? [] : columns.map(([state, title]) => {
    const here = tasks.filter(task => task.status === state);
    return make('section', { className: 'column', data: { state } },
      make('h2', {}, title, make('span', { className: 'count' }, String(here.length))), ...here.map(card));
  })));
}

const line = entry => make('li', { data: { id: entry.id } },
  make('time', { dateTime: entry.created_at }, clock(entry.created_at)),
  make('span', { className: 'who' }, entry.agent ?? entry.agent_name ?? ''),
  make('span', { className: 'what' }, entry.event_type),
  make('span', { className: 'text' }, entry.message ?? ''));

let due = null;
let reading = false;
async function refresh() {
  if (reading) { due ??= setTimeout(() => { due = null; refresh(); }, 300); return; }
  reading = true;
  try {
    const [tasks, log] = await Promise.all([read('/api/tasks?limit=500'), read(`/api/log?limit=${feedLength}`)]);
    draw(tasks);
    const newestFirst = log.toSorted((a, b) => a.created_at < b.created_at ? 1 : -1);
    find('feed').replaceChildren(...newestFirst.slice(0, feedLength).map(line));
    say('');
  } catch (error) {
    say(error.message);
  } finally {
    reading = false;
  }
}

// Many events come at once: one reading answers them all.
const soon = () => { due ??= setTimeout(() => { due = null; refresh(); }, 200); };

function say(text) {
  find('live').hidden = text === '';
  find('live').textContent = text;
}

function listen() {
  const events = new EventSource('/api/events');
  events.onopen = soon;
  events.onmessage = soon;
  for (const kind of ['goal', 'task', 'log', 'activity', 'agent', 'merge', 'session']) events.addEventListener(kind, soon);
  events.onerror = () => say('The connection to the server is lost; trying again…');
}

refresh();
listen();
