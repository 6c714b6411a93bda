// What pages do besides, in a browser that runs scripts: they renew themselves, keep what is typed, say how far away a
// moment is now, and listen to keys. Every page works without any of this. Nothing here closes or decides a case.

const one = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const session = one('#session');
const live = one('#live');
const fields = 'input, textarea, select';

// Words, keys and limits come from the desk, in the language of the page.
const desk = {words: {}, keys: {}, go: {}, shortcuts: false, now: Date.now(), pace: 1, file_bytes_max: 0, files_max: 0};
const began = performance.now();
const now = () => desk.now + (performance.now() - began) * desk.pace;
const say = (key, value = '') => (desk.words[key] ?? '').replace('%s', value);

// Said once, politely, by a screen reader; seen by nobody.
const announcer = document.createElement('p');
announcer.className = 'visually-hidden';
announcer.setAttribute('role', 'status');
const announce = (text) => { announcer.textContent = text; };

// ---- what somebody has touched ------------------------------------------------------------------------------

const touched = new WeakSet();
const form_is_touched = (form) => form && [...form.elements].some((field) => touched.has(field));

// ---- a page takes over what is new in a fresh copy of itself ----------------------------------------------------

// Fields that somebody uses stay as they are, and with them what their form says was read: an answer written before
// the seller's last words is still stopped.
function stays(old) {
  if (old === document.activeElement && old.matches(fields)) return true;
  if (touched.has(old)) return true;
  return old.matches('input[type="hidden"]') && form_is_touched(old.form);
}

function take_attributes(old, fresh) {
  for (const {name} of [...old.attributes])
    if (!fresh.hasAttribute(name) && !(name === 'open' && old.localName === 'details')) old.removeAttribute(name);
  for (const {name, value} of fresh.attributes)
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

function take_over(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.data = fresh.data;
    return;
  }
  if (stays(old)) return;
  take_attributes(old, fresh);
  if (old.localName === 'textarea') {
    old.value = fresh.value;
    return;
  }
  let next = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const alike = (node) => node && node.nodeName === child.nodeName && (node.id ?? '') === (child.id ?? '');
    let match = alike(next) ? next : null;
    if (!match && child.id) match = [...old.children].find((node) => node.id === child.id && alike(node)) ?? null;
    if (match) {
      if (match !== next) old.insertBefore(match, next);
      else next = next.nextSibling;
      take_over(match, child);
    } else {
      old.insertBefore(document.importNode(child, true), next);
    }
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    // What somebody is typing in is never taken away under his hands.
    if (!(gone.nodeType === Node.ELEMENT_NODE && gone.contains(document.activeElement))) gone.remove();
  }
}

async function renew(quietly = false) {
  const sellers = all('.said-seller').length;
  const response = await fetch(location.href, {headers: {Accept: 'text/html'}, credentials: 'same-origin'});
  if (!response.ok || response.redirected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const part of ['.before', 'main', 'aside']) {
    const old = one(`.zones > ${part}`), renewed = one(`.zones > ${part}`, fresh);
    if (old && renewed) take_over(old, renewed);
  }
  say_distances();
  if (!quietly) announce(say(all('.said-seller').length > sellers ? 'seller_wrote' : 'changed'));
}

// At most one renewal at a time, and not more often than `every` milliseconds.
function renewer(every) {
  let timer = 0, last = -Infinity;
  return () => {
    if (timer) return;
    timer = setTimeout(async () => {
      try {
        await renew();
      } catch {
        // The desk is away for a moment; the next piece of news tries again.
      }
      last = performance.now();
      timer = 0;
    }, Math.max(300, last + every - performance.now()));
  };
}

function listen() {
  if (!live || !session) return;
  const news = new EventSource(live.dataset.case ? `/live?case=${live.dataset.case}` : '/live');
  const again = renewer(live.dataset.case ? 1000 : 5000);
  news.addEventListener('case', again);
  news.addEventListener('presence', ({data}) => show_presence(JSON.parse(data).present ?? []));
  addEventListener('pagehide', () => news.close());
}

function show_presence(present) {
  const line = one('#presence');
  if (!line) return;
  const names = (writing) => present.filter((one) => one.writing === writing).map(({name}) => name).join(', ');
  const text = names(true) ? say('writes', names(true)) : names(false) ? say('here', names(false)) : '';
  if (line.textContent !== text) line.textContent = text;
}

// ---- how far away moments are -------------------------------------------------------------------------------------

function distance(at) {
  const minutes = Math.trunc(Math.abs(at - now()) / 60000), sign = at < now() ? -1 : 1;
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, {numeric: 'always'});
  if (minutes === 0) return say('now');
  if (minutes < 90) return words.format(sign * minutes, 'minute');
  if (minutes < 48 * 60) return words.format(sign * Math.floor((minutes + 30) / 60), 'hour');
  return words.format(sign * Math.floor((minutes + 12 * 60) / (24 * 60)), 'day');
}

function say_distances() {
  if (!desk.words.now) return;
  for (const far of all('time[datetime] + .far')) {
    const text = `(${distance(Date.parse(far.previousElementSibling.dateTime))})`;
    if (far.textContent !== text) far.textContent = text;
  }
}

// ---- drafts ---------------------------------------------------------------------------------------------------------

const saving = new Map();  // form -> {timer, sent}

// Which draft a form keeps: the box is the form's own, the case stands in its address.
function draft_of(form) {
  const box = one('[data-draft]', form)?.dataset.draft;
  const at = new URL(form.action, location.href).pathname.match(/^\/cases(?:\/(\d+)\/|$)/);
  return box && at ? {box, address: at[1] ? `/cases/${at[1]}/draft` : '/cases/new/draft'} : null;
}

async function save(form, more = {}) {
  const draft = draft_of(form);
  if (!draft) return null;
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value);
  body.set('box', draft.box);
  for (const [name, value] of Object.entries(more)) body.set(name, value);
  tell_saved(form, draft.box, say('saving'));
  try {
    const response = await fetch(draft.address, {
      method: 'POST',
      body,
      keepalive: body.toString().length < 60000,
      credentials: 'same-origin',
      headers: {Accept: 'application/json', 'X-CSRF-Token': session.dataset.csrf},
    });
    if (!response.ok || !response.headers.get('content-type')?.includes('json')) throw new Error(response.status);
    const said = await response.json();
    tell_saved(form, draft.box, say('saved'));
    if (said.send && one('#reply-send', form)) one('#reply-send', form).textContent = said.send;
    if (one('#boilerplate', form)) one('#boilerplate', form).textContent = said.boilerplate ?? '';
    if (one('[data-preview]', form.parentElement)) await renew(true);
    return said;
  } catch {
    tell_saved(form, draft.box, say('not_saved'));
    return null;
  }
}

function tell_saved(form, box, text) {
  let line = one(`[data-saved="${box}"]`, form);
  if (!line) {
    line = document.createElement('p');
    line.className = 'hint';
    line.dataset.saved = box;
    line.setAttribute('aria-live', 'polite');
    form.append(line);
  }
  line.textContent = text;
}

function save_soon(form, wait) {
  const state = saving.get(form) ?? {};
  clearTimeout(state.timer);
  state.timer = setTimeout(() => {
    state.timer = 0;
    state.sent = save(form).finally(() => { state.sent = null; });
  }, wait);
  saving.set(form, state);
}

function keep_drafts() {
  if (!session) return;
  addEventListener('input', ({target}) => {
    if (!target.matches?.(fields) || !target.form) return;
    touched.add(target);
    if (draft_of(target.form)) save_soon(target.form, target.matches('[type="checkbox"], select') ? 200 : 1200);
  });
  addEventListener('click', async (event) => {
    const button = event.target.closest?.('button[name="insert"]');
    if (!button) return;
    event.preventDefault();
    const said = await save(button.form, {insert: '1'});
    const words = one('textarea[name="body"]', button.form);
    if (said?.body === undefined || !words) return;
    words.value = said.body;
    touched.add(words);
    words.focus();
  });
  // A draft on its way must not arrive after the words themselves and bring them back.
  addEventListener('submit', async (event) => {
    const form = event.target, state = saving.get(form);
    if (!state) return;
    clearTimeout(state.timer);
    saving.delete(form);
    if (!state.sent) return;
    event.preventDefault();
    await state.sent;
    form.requestSubmit(event.submitter);
  });
  addEventListener('pagehide', () => {
    for (const [form, state] of saving)
      if (state.timer) {
        clearTimeout(state.timer);
        save(form);
      }
  });
}

// ---- fields ---------------------------------------------------------------------------------------------------------

function check_files(input) {
  const large = [...input.files].find((file) => desk.file_bytes_max && file.size > desk.file_bytes_max);
  const many = desk.files_max && input.files.length > desk.files_max;
  input.setCustomValidity(large ? say('too_large', large.name) : many ? say('too_many') : '');
  if (large || many) input.reportValidity();
}

// One more line for a question once the last one is used.
function add_line(input) {
  const set = input.closest('fieldset[data-lines]');
  const lines = set ? all(`input[name="${set.dataset.lines}"]`, set) : [];
  if (!lines.length || lines.at(-1) !== input || !input.value || lines.length >= 15) return;
  const last = input.closest('.field'), fresh = last.cloneNode(true), number = lines.length + 1;
  const field = one('input', fresh), label = one('label', fresh);
  field.id = `${set.dataset.lines}-${number}`;
  field.value = '';
  field.removeAttribute('value');
  label.htmlFor = field.id;
  label.textContent = label.textContent.replace(/\d+/, number);
  last.after(fresh);
}

function watch_fields() {
  addEventListener('change', ({target}) => {
    if (target.matches?.('input[type="file"]')) check_files(target);
    if (target.matches?.('input[name="case"]')) count_chosen(target.form);
  });
  addEventListener('input', ({target}) => {
    if (target.matches?.('fieldset[data-lines] input')) add_line(target);
    if (target.matches?.('textarea[name="summary"]'))
      target.setCustomValidity(target.value.trim().split('\n').length > 5 ? say('too_many_lines') : '');
  });
}

function count_chosen(form) {
  const box = form && one('details.bulk', form);
  if (!box) return;
  const count = all('input[name="case"]:checked', form).length;
  box.open = count > 0;
  const summary = one('summary', box);
  summary.dataset.text ??= summary.textContent;
  summary.textContent = count ? `${summary.dataset.text} (${say('chosen', count)})` : summary.dataset.text;
}

// ---- keys -----------------------------------------------------------------------------------------------------------

const in_a_field = (target) =>
  target.matches?.('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]');

function move(step) {
  const links = all('.cases .subject a, .hits h3 a');
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const to = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[to].focus();
}

const go_to = (address) => { if (address) location.assign(address); };
const go_to_field = (selector) => {
  const field = one(selector);
  field?.closest('details')?.setAttribute('open', '');
  field?.focus();
  field?.scrollIntoView({block: 'center'});
};

const actions = {
  help: () => go_to('/keys'),
  search: () => (one('#q') ? one('#q').focus() : go_to('/search')),
  next: () => move(1),
  previous: () => move(-1),
  open: () => {
    const link = document.activeElement;
    if (!link.matches('a, button, summary, input')) move(1);
  },
  reply: () => go_to_field('#reply-body'),
  note: () => go_to_field('#note-body'),
  questions: () => go_to_field('#questions input, #questions'),
  hand_off: () => go_to(one('[data-act="hand-off"]')?.href),
  escalate: () => go_to(one('[data-act="escalate"]')?.href),
  go: () => {
    going = performance.now();
    announce(say('go'));
  },
};
let going = -Infinity;

function on_key(event) {
  const {key, target} = event;
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    // Words may be sent by a key; what decides, closes or restricts may not.
    const weighty = /\/(decide|close|announce|apply|lift|adopt|erase)$/.test(target.form?.action ?? '');
    if (key === 'Enter' && !weighty && target.form?.matches('.box, .form')) {
      event.preventDefault();
      target.form.requestSubmit();
    } else if (key.toLowerCase() === 'k') {
      event.preventDefault();
      open_menu();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (key === 'Escape' && in_a_field(target) && !target.closest('dialog')) target.blur();
  if (!desk.shortcuts || in_a_field(target) || target.closest?.('dialog')) return;
  if (performance.now() - going < 1500) {
    going = -Infinity;
    if (desk.go[key]) {
      event.preventDefault();
      go_to(desk.go[key]);
    }
    return;
  }
  const action = key === '/' ? 'search' : Object.keys(desk.keys).find((name) => desk.keys[name] === key);
  if (!action) return;
  // Enter stays what it is on links and buttons.
  if (key === 'Enter') return actions.open();
  event.preventDefault();
  actions[action]?.();
}

// The list of pages and acts: links of this page, found by typing.
function open_menu() {
  let menu = one('dialog.menu-of-all');
  if (!menu) {
    menu = document.createElement('dialog');
    menu.className = 'menu-of-all';
    menu.setAttribute('aria-label', say('menu'));
    const label = document.createElement('label'), input = document.createElement('input');
    const list = document.createElement('ul'), close = document.createElement('button');
    label.htmlFor = input.id = 'menu-of-all';
    label.textContent = say('menu');
    input.type = 'search';
    input.autocomplete = 'off';
    close.type = 'button';
    close.className = 'quiet';
    close.textContent = say('close');
    close.addEventListener('click', () => menu.close());
    input.addEventListener('input', () => fill_menu(list, input.value));
    menu.addEventListener('keydown', (event) => move_in_menu(event, input, list));
    menu.append(label, input, list, close);
    document.body.append(menu);
  }
  const input = one('input', menu);
  input.value = '';
  fill_menu(one('ul', menu), '');
  menu.showModal();
  input.focus();
}

function fill_menu(list, typed) {
  const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const seen = new Set();
  const links = all('nav.menu a, .acts a, .aside-cases a, .personal a.me')
    .filter(({href}) => !seen.has(href) && seen.add(href))
    .map((link) => ({href: link.href, text: link.textContent.trim().replace(/\s+/g, ' ')}))
    .filter(({text}) => plain(text).includes(plain(typed)));
  list.replaceChildren(...links.slice(0, 12).map(({href, text}) => {
    const item = document.createElement('li'), link = document.createElement('a');
    link.href = href;
    link.textContent = text;
    item.append(link);
    return item;
  }));
  if (links.length) return;
  const item = document.createElement('li');
  item.textContent = say('menu_empty');
  list.append(item);
}

function move_in_menu(event, input, list) {
  const stops = [input, ...all('a', list)], at = stops.indexOf(document.activeElement);
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  if (step) {
    event.preventDefault();
    stops[(at + step + stops.length) % stops.length]?.focus();
  } else if (event.key === 'Enter' && document.activeElement === input) {
    event.preventDefault();
    go_to(one('a', list)?.href);
  }
}

// ---- begin ----------------------------------------------------------------------------------------------------------

async function begin() {
  if (!session) return;
  document.body.append(announcer);
  watch_fields();
  keep_drafts();
  listen();
  try {
    const response = await fetch('/script.json', {headers: {Accept: 'application/json'}, credentials: 'same-origin'});
    if (!response.ok) return;
    const given = await response.json();
    Object.assign(desk, given, {now: Date.parse(given.now) - (performance.now() - began) * given.pace});
  } catch {
    return;
  }
  if (Object.keys(desk.keys).length) addEventListener('keydown', on_key);
  say_distances();
  setInterval(say_distances, 30000);
}
begin();
