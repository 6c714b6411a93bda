// The page that verifies: takes files, asks the verifier twice (the browser checks the signatures in between), and tells.
'use strict';

const phrases = JSON.parse(document.getElementById('phrases').textContent);
const language = (navigator.language || 'en').toLowerCase().startsWith('fr') ? 'fr' : 'en';
const told = document.getElementById('told');
let spoken = language;
let last = null;

// An instant as people read it, to the second: what was signed has it so.
function moment(value) {
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return value;
  const date = new Intl.DateTimeFormat(spoken === 'fr' ? 'fr-FR' : 'en-GB', {dateStyle: 'long', timeZone: 'UTC'})
    .format(at).replace(/^1 /, spoken === 'fr' ? '1er ' : '1 ');
  const [hour, minute, second] = at.toISOString().slice(11, 19).split(':');
  return say('verify.moment', {date, hour, minute, second});
}

function say(key, values = {}) {
  let text = phrases[spoken][key] ?? key;
  for (const [name, value] of Object.entries(values))
    text = text.split(`{${name}}`).join(name === 'at' ? moment(value) : value);
  return text;
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function list(heading, said, className) {
  if (said.length === 0) return [];
  const all = element('ul');
  for (const {key, of} of said) all.append(element('li', say(key, of)));
  return [element('h3', say(heading), className), all];
}

function tell() {
  document.documentElement.lang = spoken;
  document.title = say('verify.title');
  for (const [id, key] of [['title', 'title'], ['offline', 'page.offline'], ['drop-text', 'page.drop'],
    ['files-label', 'page.choose'], ['paste-label', 'page.paste'], ['check', 'page.check']])
    document.getElementById(id).textContent = say(`verify.${key}`);
  for (const one of ['en', 'fr'])
    document.getElementById(`speak-${one}`).setAttribute('aria-pressed', String(one === spoken));
  told.replaceChildren();
  if (last === null) return;
  if (last.error) {
    told.append(element('p', say(last.error), 'bad'));
    return;
  }
  for (const file of last.files) {
    const box = element('section');
    const place = file.of > 1 ? ` (${say('verify.place', {n: file.number, of: file.of, line: file.line})})` : '';
    box.append(element('h2', `${file.name}: ${say(`verify.kind.${file.kind}`)}${place}`));
    if (file.kind === 'unknown') {
      for (const {key, of} of file.wrong) box.append(element('p', say(key, of), 'bad'));
      told.append(box);
      continue;
    }
    box.append(element('p', `${file.sound ? '✔' : '✘'} ${say(file.headline)}`,
      file.sound ? 'good' : 'bad'));
    box.append(...list('verify.heading.wrong', file.wrong), ...list('verify.heading.proven', file.proven),
      ...list('verify.heading.not_proven', file.not_proven));
    told.append(box);
  }
  if (last.compared.length === 0) return;
  const box = element('section');
  box.append(element('h2', say('verify.heading.compared')));
  for (const {a, b, bad, because} of last.compared) {
    box.append(element('h3', a === b ? a : `${a}, ${b}`));
    for (const {key, of} of because) box.append(element('p', say(key, of), bad ? 'bad' : 'plain'));
  }
  told.append(box);
}

function bytesOfBase64(text) {
  return Uint8Array.from(atob(text.trim()), (sign) => sign.charCodeAt(0));
}

function bytesOfHex(text) {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; ++i) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

async function verifier() {
  // The program asks its system for nothing that a page has to give.
  const nothing = new Proxy({}, {get: () => () => 0});
  const {instance} = await WebAssembly.instantiate(
    bytesOfBase64(document.getElementById('program').textContent), {wasi_snapshot_preview1: nothing});
  instance.exports._initialize();
  return instance.exports;
}
const ready = verifier();

function read(program, at) {
  const bytes = new Uint8Array(program.memory.buffer);
  return new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)));
}

function put(program, bytes) {
  const at = program.room(bytes.length);
  new Uint8Array(program.memory.buffer).set(bytes, at);
  return at;
}

async function holds({key, bytes, signature}) {
  try {
    const imported = await crypto.subtle.importKey('raw', bytesOfHex(key), {name: 'Ed25519'}, false, ['verify']);
    return await crypto.subtle.verify({name: 'Ed25519'}, imported, bytesOfHex(signature), bytesOfHex(bytes));
  } catch (error) {
    // A point that is none is a wrong key; an algorithm that is none is another browser.
    if (error.name === 'NotSupportedError') throw error;
    return false;
  }
}

async function canCheck() {
  if (!globalThis.crypto?.subtle) return false;
  // The key of RFC 8032's first test.
  const known = bytesOfHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
  try {
    await crypto.subtle.importKey('raw', known, {name: 'Ed25519'}, false, ['verify']);
    return true;
  } catch {
    return false;
  }
}

async function verify(given) {
  if (!await canCheck()) {
    last = {error: 'verify.page.no_ed25519'};
    return tell();
  }
  const program = await ready;
  program.forget();
  for (const {name, bytes} of given) {
    const named = new TextEncoder().encode(name);
    const at = put(program, named);
    program.add(at, named.length, put(program, bytes), bytes.length);
  }
  const signatures = JSON.parse(read(program, program.signatures()));
  for (const [i, one] of signatures.entries()) program.answer(i, await holds(one) ? 1 : 0);
  last = JSON.parse(read(program, program.verdicts()));
  tell();
}

async function verifyFiles(files) {
  const given = [];
  for (const file of files) given.push({name: file.name, bytes: new Uint8Array(await file.arrayBuffer())});
  if (given.length !== 0) await verify(given);
}

document.getElementById('files').addEventListener('change', ({target}) => verifyFiles(target.files));
document.getElementById('check').addEventListener('click', () => {
  const bytes = new TextEncoder().encode(document.getElementById('paste').value);
  verify([{name: say('verify.page.pasted'), bytes}]);
});
const drop = document.getElementById('drop');
for (const name of ['dragover', 'drop'])
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', name === 'dragover');
    if (name === 'drop') verifyFiles(event.dataTransfer.files);
  });
for (const one of ['en', 'fr'])
  document.getElementById(`speak-${one}`).addEventListener('click', () => {
    spoken = one;
    tell();
  });
tell();
