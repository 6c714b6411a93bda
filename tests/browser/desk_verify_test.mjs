// The page that verifies, as the desk serves it: what it says of a receipt of that desk that is dropped on it, and
// that nothing else may run in it. Usage:
// GUICHET=guichet GUICHET_CHROMIUM=/usr/bin/chromium node --test desk_verify_test.mjs
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {launch, openDesk, visit} from './demo_desk.mjs';

let browser;
let desk;
before(async () => {
  desk = await openDesk(process.env.GUICHET);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await desk?.close();
});

// Somebody lets go of a file over the page.
async function drop(page, name, text) {
  const files = await page.evaluateHandle(([called, words]) => {
    const data = new DataTransfer();
    data.items.add(new File([words], called, {type: 'text/plain'}));
    return data;
  }, [name, text]);
  await page.evaluate(() => document.getElementById('told').replaceChildren());
  await page.dispatchEvent('#drop', 'drop', {dataTransfer: files});
  await page.waitForSelector('#told section');
  return page.innerText('#told');
}

test('a receipt of the desk is dropped on its page, signed in or not', async () => {
  const seller = await visit(browser, desk.url, 'seller');
  await seller.goto(`${desk.url}/cases`);
  const address = await seller.getAttribute('a[href^="/cases/"]:not([href$="/new"])', 'href');
  await seller.goto(`${desk.url}${address.replace(/[?#].*/, '')}/receipts`);
  const receipt = await seller.evaluate(async () => {
    const link = document.querySelector('a[href*="/receipt?act="]');
    return (await fetch(link.getAttribute('href'))).text();
  });
  assert.match(receipt, /^guichet receipt 1\n/);
  await Promise.all([seller.waitForURL('**/verify'), seller.click('main a[href="/verify"]')]);
  assert.ok((await drop(seller, 'receipt.txt', receipt)).includes('Nothing in this receipt was changed'));
  assert.deepEqual(seller.complaints, []);
  await seller.context().close();

  const anybody = await visit(browser, desk.url, 'nobody');
  await anybody.goto(`${desk.url}/procedure`);
  await Promise.all([anybody.waitForURL('**/verify'), anybody.click('footer a[href="/verify"]')]);
  assert.ok((await drop(anybody, 'receipt.txt', receipt)).includes('Nothing in this receipt was changed'));
  const changed = await drop(anybody, 'changed.txt', receipt.replace(/size \d+/, 'size 1'));
  assert.ok(changed.includes('was changed, or it is not whole'), changed);
  assert.deepEqual(anybody.complaints, []);
  await anybody.context().close();
});

test('nothing else may run in it, and it may ask nobody', async () => {
  const page = await visit(browser, desk.url, 'nobody');
  await page.goto(`${desk.url}/verify`);
  const refused = await page.evaluate(async () => {
    const seen = new Set();
    const both = new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => {
        seen.add(event.effectiveDirective);
        if (seen.size === 2) resolve();
      });
    });
    const script = document.createElement('script');
    script.textContent = 'globalThis.foreign = true';
    document.body.append(script);
    const asked = await fetch('/head').then(() => true, () => false);
    await both;
    return {seen: [...seen].sort(), asked, foreign: globalThis.foreign === true};
  });
  assert.deepEqual(refused, {seen: ['connect-src', 'script-src-elem'], asked: false, foreign: false});
  await page.context().close();
});
