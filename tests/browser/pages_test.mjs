// Opens every page of a folder in Chromium, as different people would: wide, narrow, dark, by keyboard alone, without
// JavaScript, on paper. Usage: GUICHET_PAGES=folder GUICHET_CHROMIUM=/usr/bin/chromium node --test pages_test.mjs
import assert from 'node:assert/strict';
import {readFileSync, readdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {after, before, describe, test} from 'node:test';
import {pathToFileURL} from 'node:url';

import {AxeBuilder} from '@axe-core/playwright';
import {chromium} from 'playwright-core';

const folder = process.env.GUICHET_PAGES;
assert.ok(folder, 'GUICHET_PAGES names the folder of pages');

const pages = readdirSync(folder, {recursive: true}).filter((name) => name.endsWith('.html')).sort();
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const wide = {width: 1200, height: 900};
const narrow = {width: 320, height: 640};

let browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.GUICHET_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
           '--disable-component-update', '--disable-sync'],
  });
});
after(() => browser?.close());

// Calls `look` with the page `name` open; fails on anything that the page complains of or asks the network for.
async function open(name, options, look) {
  const context = await browser.newContext({viewport: wide, ...options});
  try {
    const page = await context.newPage();
    const complaints = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!/^(file|data|about|blob):/.test(request.url())) complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(pathToFileURL(path.join(folder, name)).href);
    const seen = await look(page);
    assert.deepEqual(complaints, []);
    return seen;
  } finally {
    await context.close();
  }
}

async function assertNoBarrier(page) {
  const {violations} = await new AxeBuilder({page}).withTags(rules).analyze();
  const told = violations.map(({id, help, nodes}) =>
    [`${id}: ${help}`, ...nodes.slice(0, 5).map((node) => `    ${node.target}: ${node.failureSummary}`)].join('\n'));
  assert.equal(told.join('\n'), '');
}

// Presses Tab until the page is left; gives the elements that took the focus, in order.
async function walkByKeyboard(page, most) {
  const walked = [];
  for (let step = 0; step < most; ++step) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body || element === document.documentElement) return null;
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      return {
        number: [...document.querySelectorAll('*')].indexOf(element),
        what: element.outerHTML.slice(0, 120),
        skip: element.classList.contains('skip'),
        outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0,
        shown: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
      };
    });
    if (!at || walked.some(({number}) => number === at.number)) return walked;
    walked.push(at);
  }
  return walked;
}

test('there are pages in both languages', () => {
  for (const language of ['en', 'fr']) {
    const says = (name) => readFileSync(path.join(folder, name), 'utf8').includes(`<html lang="${language}"`);
    const spoken = pages.filter(says);
    assert.ok(spoken.length > 1, `${spoken.length} pages in ${language}`);
  }
});

for (const name of pages) {
  describe(name, () => {
    test('no barrier at 1200 px, light', () => open(name, {colorScheme: 'light'}, assertNoBarrier));
    test('no barrier at 1200 px, dark', () => open(name, {colorScheme: 'dark'}, assertNoBarrier));
    test('no barrier at 320 px, and nothing sticks out', () => open(name, {viewport: narrow}, async (page) => {
      const [content, screen] = await page.evaluate(() =>
        [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(content <= screen, `the page is ${content} px wide on a screen of ${screen} px`);
      await assertNoBarrier(page);
    }));
    test('the keyboard reaches everything', () => open(name, {}, async (page) => {
      const stops = await page.evaluate(() => {
        const takesFocus = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
        const folded = 'details:not([open]) > :not(summary)';
        return [...document.querySelectorAll('*')]
          .map((element, number) => ({element, number, what: element.outerHTML.slice(0, 120)}))
          .filter(({element}) => element.matches(takesFocus) && !element.closest(folded))
          .map(({number, what}) => ({number, what}));
      });
      const walked = await walkByKeyboard(page, stops.length + 10);
      assert.ok(walked[0]?.skip, 'the first stop is the link past the header');
      const reached = new Set(walked.map(({number}) => number));
      assert.deepEqual(stops.filter(({number}) => !reached.has(number)), []);
      assert.deepEqual(walked.filter(({outlined, shown}) => !outlined || !shown), [], 'each stop is seen');
    }));
    test('says the same without JavaScript', async () => {
      const text = (page) => page.locator('body').innerText();
      const without = await open(name, {javaScriptEnabled: false}, text);
      assert.ok(without.length > 200, `only ${without.length} letters`);
      assert.equal(without, await open(name, {}, text));
    });
    test('goes on paper', () => open(name, {}, async (page) => {
      const paper = await page.pdf({format: 'A4'});
      assert.equal(paper.subarray(0, 5).toString(), '%PDF-');
      assert.ok(paper.length > 5000, `only ${paper.length} bytes`);
    }));
    test('leads nowhere that is not there', () => open(name, {}, async (page) => {
      const links = await page.evaluate(() => [...document.querySelectorAll('a[href]')].map((a) => a.href));
      for (const link of links.filter((link) => link.startsWith('file:'))) {
        const url = new URL(link);
        assert.ok(statSync(url, {throwIfNoEntry: false}), `${link} is not there`);
        if (!url.hash || url.pathname !== new URL(page.url()).pathname) continue;
        const id = decodeURIComponent(url.hash.slice(1));
        const found = await page.evaluate((wanted) => document.getElementById(wanted) !== null, id);
        assert.ok(found, `${url.hash} is not there`);
      }
    }));
  });
}
