// Every page of the live desk in Chromium, for the roles that have it: no barrier, nothing that sticks out on a narrow
// screen, nothing from elsewhere, nothing that the browser complains of, in both languages.
// Usage: GUICHET=path/of/guichet node --test desk_pages_test.mjs
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, describe, test} from 'node:test';

import {AxeBuilder} from '@axe-core/playwright';

import {launch, openDesk, speak, visit} from './demo_desk.mjs';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const roles = {
  anybody: ['nobody'],
  signed_in: ['seller', 'agent'],
  see_cases: ['seller', 'agent', 'mediator', 'auditor'],
  act_as_seller: ['seller'],
  act_as_desk: ['agent'],
  decide: ['decider'],
  restrict_seller: ['supervisor'],
  supervise: ['supervisor'],
  audit: ['auditor'],
  see_people: ['administrator'],
  manage_people: ['administrator'],
  manage_rules: ['administrator'],
  manage_desk: ['administrator'],
};
const address = {administrator: 'admin'};
// The routes as docs/http-api.md lists them, which a test holds against the program.
const routes = [...readFileSync(new URL('../../docs/http-api.md', import.meta.url), 'utf8')
  .matchAll(/^\| GET \| `([^`]+)` \| (\w+) \|/gm)].map(([, path, right]) => ({path, right}));
// The page that verifies is one file for both languages, and has a test of its own.
const noPages = /^\/(api|static|live|metrics|healthz|head$|verify$)|\.(json|csv|toml|zip)$|\/files\/|\/receipt$/;

let desk, browser;
before(async () => {
  desk = await openDesk(process.env.GUICHET);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  assert.equal(await desk?.close(), 0, 'it stops gracefully');
});

// What keeps somebody out of this page, as lines.
async function barriers(page, path) {
  const {violations} = await new AxeBuilder({page}).withTags(rules).analyze();
  return violations.flatMap(({id, nodes}) =>
    nodes.slice(0, 4).map((node) => `${path}: ${id}: ${node.target}: ${node.failureSummary.replaceAll('\n', ' ')}`));
}

// The pages of one role, with their holes filled by what this role sees first.
async function pagesOf(page, role) {
  const own = routes.filter(({path, right}) => roles[right]?.includes(role) && !noPages.test(path));
  const first = async (list, pattern) => {
    await page.goto(desk.url + list);
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    return links.map((link) => pattern.exec(link)?.[1]).find(Boolean);
  };
  const holes = {};
  const needs = (hole) => own.some(({path}) => path.includes(`{${hole}}`));
  if (needs('case'))
    holes.case = await first(role === 'auditor' ? '/audit' : '/cases', /\/cases\/(\d+)/) ??
      await first('/queue', /\/cases\/(\d+)/);
  if (needs('person')) holes.person = await first('/people', /\/people\/(\d+)/);
  if (needs('account')) holes.account = await first('/accounts', /\/accounts\/(\d+)/);
  if (needs('template')) holes.template = await first('/templates', /\/templates\/([\w-]+)$/);
  if (needs('tile')) holes.tile = await first('/supervise', /\/supervise\/([\w-]+)/);
  holes.id = '1';
  holes.secret = 'nothing';
  const acts = ['message', 'escalate', 'propose', 'cost', 'exhibit', 'link', 'close', 'mediation', 'dispute', 'appeal'];
  return own.flatMap(({path}) => {
    const filled = path.replace(/\{(case|person|account|template|tile|id|secret)\}/g,
                                (hole, name) => holes[name] ?? hole);
    if (filled.includes('{act}')) return acts.map((act) => filled.replace('{act}', act));
    return filled.includes('{') ? [] : [filled];
  });
}

test('name, menu and person stand on one line at 1200 px, in both languages', async () => {
  for (const role of ['supervisor', 'agent', 'auditor', 'admin', 'seller']) {
    const page = await visit(browser, desk.url, role);
    for (const language of ['en', 'fr']) {
      await page.goto(`${desk.url}/profile?language=${language}`);
      const heights = await page.evaluate(() => ['.brand', '.menu', '.personal'].map((part) => {
        const {top, bottom} = document.querySelector(part).getBoundingClientRect();
        return [top, bottom];
      }));
      const middle = (heights[1][0] + heights[1][1]) / 2;
      for (const [top, bottom] of heights)
        assert.ok(top < middle && middle < bottom, `${role} ${language}: ${JSON.stringify(heights)}`);
      const rows = await page.evaluate(() =>
        new Set([...document.querySelectorAll('.menu li')].map((entry) => entry.getBoundingClientRect().top)).size);
      assert.equal(rows, 1, `${role} ${language}`);
    }
    await page.context().close();
  }
});

test('no list sticks out between a telephone and a desktop, in French', async () => {
  for (const role of ['agent', 'auditor']) {
    const page = await visit(browser, desk.url, role);
    for (const width of [700, 800, 950, 970, 1024]) {
      await page.setViewportSize({width, height: 900});
      for (const path of role === 'agent' ? ['/cases', '/queue'] : ['/cases']) {
        await page.goto(`${desk.url}${path}?language=fr`);
        const content = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(content <= width, `${role} ${path} is ${content} px wide on a screen of ${width} px`);
      }
    }
    await page.context().close();
  }
});

test('the list of routes was read', () => assert.ok(routes.length > 50, `${routes.length} routes`));

for (const role of [...new Set(Object.values(roles).flat())]) {
  describe(role, () => {
    let pages = [];
    test('has pages', async () => {
      const page = await visit(browser, desk.url, address[role] ?? role);
      pages = await pagesOf(page, role);
      await page.context().close();
      assert.ok(pages.length >= 1, `only ${pages.length}`);
    });
    test('no barrier at 1200 px, light, English', async () => {
      const page = await visit(browser, desk.url, address[role] ?? role, {colorScheme: 'light'});
      await speak(page.url() === 'about:blank' ? (await page.goto(desk.url), page) : page, 'en');
      const wrong = [];
      for (const path of pages) {
        const answer = await page.goto(desk.url + path);
        if (answer.status() >= 500) wrong.push(`${path} gives ${answer.status()}`);
        if (!answer.headers()['content-type'].startsWith('text/html')) continue;
        if (await page.evaluate(() => document.documentElement.lang) !== 'en') wrong.push(`${path} is not in English`);
        wrong.push(...await barriers(page, path));
        // A page that says no is an answer of the desk, not a fault of the page.
        const faults = page.complaints.splice(0).filter((line) => !/status of 4\d\d/.test(line));
        wrong.push(...faults.map((line) => `${path}: ${line}`));
      }
      assert.deepEqual(wrong, []);
      await page.context().close();
    });
    test('no barrier at 320 px, dark, French, and nothing sticks out', async () => {
      const page = await visit(browser, desk.url, address[role] ?? role,
                               {colorScheme: 'dark', viewport: {width: 320, height: 640}});
      await speak(page.url() === 'about:blank' ? (await page.goto(desk.url), page) : page, 'fr');
      const wrong = [];
      for (const path of pages) {
        const answer = await page.goto(desk.url + path);
        if (!answer.headers()['content-type'].startsWith('text/html')) continue;
        if (await page.evaluate(() => document.documentElement.lang) !== 'fr') wrong.push(`${path} is not in French`);
        const [content, screen] = await page.evaluate(() =>
          [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
        if (content > screen) wrong.push(`${path} is ${content} px wide on a screen of ${screen} px`);
        wrong.push(...await barriers(page, path));
      }
      assert.deepEqual(wrong, []);
      await page.context().close();
    });
    test('the first stop of the keyboard is the link past the header', async () => {
      const page = await visit(browser, desk.url, address[role] ?? role);
      for (const path of pages.slice(0, 6)) {
        await page.goto(desk.url + path);
        await page.keyboard.press('Tab');
        assert.ok(await page.evaluate(() => document.activeElement?.classList.contains('skip')), path);
      }
      await page.context().close();
    });
  });
}
