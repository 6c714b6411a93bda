// Opens the page that verifies proofs from a file, without a server: what it says of whole and of changed proofs, in
// both languages, by keyboard, narrow and dark, and that it asks the network for nothing. Usage:
// GUICHET_VERIFY=verify.html GUICHET_PROOFS=folder GUICHET_CHROMIUM=/usr/bin/chromium node --test verify_test.mjs
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';

import {AxeBuilder} from '@axe-core/playwright';
import {chromium} from 'playwright-core';

const address = pathToFileURL(process.env.GUICHET_VERIFY).href;
const proofs = process.env.GUICHET_PROOFS;
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const bytesOf = (name) => readFileSync(path.join(proofs, name));
const file = (name, buffer = bytesOf(name)) => ({name, mimeType: 'application/octet-stream', buffer});
const changed = (name, at) => {
  const bytes = Buffer.from(bytesOf(name));
  bytes[at < 0 ? bytes.length + at : at] ^= 1;
  return file(`changed-${name}`, bytes);
};

let browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.GUICHET_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
           '--disable-component-update', '--disable-sync'],
  });
});
after(() => browser?.close());

async function open(options, look, prepare) {
  const context = await browser.newContext({locale: 'en-GB', viewport: {width: 1100, height: 900}, ...options});
  try {
    const page = await context.newPage();
    if (prepare) await page.addInitScript(prepare);
    const complaints = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!/^(file|data|blob):/.test(request.url())) complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(address);
    await look(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

async function verdicts(page, files) {
  await page.evaluate(() => document.getElementById('told').replaceChildren());
  await page.setInputFiles('#files', files);
  await page.waitForSelector('#told > *');
  return page.innerText('#told');
}

const whole = (what) => `Nothing in this ${what} was changed since it was signed.`;
const kWhole = whole('receipt');
const kChanged = ' was changed, or it is not whole.';

test('whole proofs are proven, and it says what is not', () => open({}, async (page) => {
  for (const [name, what] of
    [['head.txt', 'head'], ['growth.txt', 'growth'], ['receipt.txt', 'receipt'], ['dossier.zip', 'file']]) {
    const told = await verdicts(page, [file(name)]);
    assert.ok(told.includes(whole(what)), `${name}: ${told}`);
    assert.ok(told.includes('the date is not presumed'), name);
    assert.ok(told.includes('nobody vouches for it here'), name);
  }
  assert.ok((await verdicts(page, [file('dossier.zip')])).match(/was erased on \d+ \w+ 20\d\d, \d\d:\d\d:\d\d UTC/));
}));

test('a changed bit anywhere is found', () => open({}, async (page) => {
  for (const name of ['head.txt', 'growth.txt', 'receipt.txt', 'dossier.zip'])
    for (const at of [0, 40, Math.floor(bytesOf(name).length / 2), -20, -1]) {
      const told = await verdicts(page, [changed(name, at)]);
      assert.ok(told.includes(kChanged), `${name} at ${at}: ${told}`);
      assert.ok(!told.includes('What is proven'), `${name} at ${at}`);
    }
}));

test('two heads are one history when their growth is given', () => open({}, async (page) => {
  assert.ok((await verdicts(page, [file('head.txt'), file('later.txt')])).includes('/head?from='));
  const told = await verdicts(page, [file('head.txt'), file('later.txt'), file('growth.txt')]);
  assert.ok(told.includes('One history'), told);
}));

test('a receipt is pasted from a mail, by keyboard', () => open({}, async (page) => {
  const quoted = `Bonjour,\n\n${bytesOf('receipt.txt')}`.split('\n').map((line) => `> ${line}`).join('\n');
  await page.focus('#paste');
  await page.evaluate((text) => { document.getElementById('paste').value = text; }, quoted);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#told section');
  assert.ok((await page.innerText('#told')).includes(kWhole));
}));

test('receipts in a mail are found, each with its verdict', () => open({}, async (page) => {
  const receipt = String(bytesOf('receipt.txt'));
  const changedOne = receipt.replace('size 64', 'size 65');
  const encoded = Buffer.from(`Bonjour,\n${receipt}${changedOne}`).toString('base64').replace(/.{76}/g, '$&\r\n');
  const mail = 'MIME-Version: 1.0\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n' + encoded;
  const told = await verdicts(page, [file('in.eml', Buffer.from(mail))]);
  assert.ok(told.includes('in.eml: a receipt (1 of 2, from line 5 on)'), told);
  assert.equal(told.split(kWhole).length, 2, told);
  assert.equal(told.split(kChanged).length, 2, told);
}));

test('what is no proof is said to be none', () => open({}, async (page) => {
  const told = await verdicts(page, [file('a.pdf', Buffer.from('%PDF-1.7\n'))]);
  assert.ok(told.includes('This is not a receipt, a dossier or a ledger.'), told);
  assert.ok(told.includes('PDF document') && !told.includes(kChanged), told);
  const ledger = Buffer.alloc(4096);
  ledger.write('SQLite format 3');
  ledger.write('guic', 68);
  const ofLedger = await verdicts(page, [file('desk.db', ledger)]);
  assert.ok(ofLedger.includes('This is a ledger.') && ofLedger.includes('guichet verify FILE'), ofLedger);
  assert.ok(!ofLedger.includes('This is not'), ofLedger);
}));

test('it speaks French to the French, and changes on a word', () => open({locale: 'fr-FR'}, async (page) => {
  const told = await verdicts(page, [file('receipt.txt')]);
  assert.ok(told.includes('Rien dans ce reçu n’a été changé'), told);
  assert.ok(!/20\d\d-\d\d-\d\d/.test(told) && / UTC/.test(told), told);
  assert.equal(await page.getAttribute('html', 'lang'), 'fr');
  await page.click('#speak-en');
  assert.ok((await page.innerText('#told')).includes(kWhole));
}));

test('a browser that cannot check signatures says so', () => open({}, async (page) => {
  const told = await verdicts(page, [file('receipt.txt')]);
  assert.ok(told.includes('This browser cannot check Ed25519 signatures'), told);
}, () => {
  crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'));
}));

test('it is for everyone: narrow, dark, with a verdict or none', async () => {
  for (const colorScheme of ['light', 'dark'])
    await open({colorScheme, viewport: {width: 320, height: 640}}, async (page) => {
      for (const given of [[], [file('dossier.zip'), changed('receipt.txt', 60)]]) {
        if (given.length !== 0) await verdicts(page, given);
        const {violations} = await new AxeBuilder({page}).withTags(rules).analyze();
        assert.deepEqual(violations.map(({id, nodes}) => `${id}: ${nodes[0].html}`), []);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      }
    });
});
