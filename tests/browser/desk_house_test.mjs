// What an administrator of a real desk sees: mail that is set up, and a procedure that is adopted and withdrawn. No
// barrier and nothing that sticks out, wide and narrow, in both languages.
// Usage: GUICHET=path/of/guichet node --test desk_house_test.mjs
import assert from 'node:assert/strict';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {after, before, test} from 'node:test';

import {AxeBuilder} from '@axe-core/playwright';

import {launch, openDesk, visit} from './demo_desk.mjs';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const secret = 'not-for-any-page-4711';
let desk, browser, page;

before(async () => {
  desk = await openDesk(process.env.GUICHET, (folder) => {
    // Nobody listens there: what goes wrong is told.
    writeFileSync(path.join(folder, 'mail.toml'), `address = "desk@place.example"
[smtp]
host = "127.0.0.1"
port = 1
security = "none"
user = "desk"
password_file = "secret"
[imap]
host = "127.0.0.1"
port = 1
security = "none"
`);
    writeFileSync(path.join(folder, 'secret'), `${secret}\n`);
    return ['--mail', path.join(folder, 'mail.toml'), '--procedure', 'guichet-unique'];
  });
  browser = await launch();
  page = await visit(browser, desk.url, 'nobody');
  await page.goto(`${desk.url}/first-run`);
  const word = /until the desk stops: (\S+)/.exec(desk.said())[1];
  const fields = {setup_word: word, desk_name: 'A desk', name: 'Ada', email: 'ada@desk.example',
                  new_password: 'several plain words', new_password_again: 'several plain words'};
  for (const [name, value] of Object.entries(fields))
    if (await page.locator(`input[name=${name}]`).count()) await page.fill(`input[name=${name}]`, value);
  await Promise.all([page.waitForLoadState('load'), page.press('input[name=new_password_again]', 'Enter')]);
  if (page.url().includes('/signin')) {
    await page.fill('input[name=email]', fields.email);
    await page.fill('input[name=password]', fields.new_password);
    await Promise.all([page.waitForLoadState('load'), page.press('input[name=password]', 'Enter')]);
  }
});
after(async () => {
  await browser?.close();
  assert.equal(await desk?.close(), 0, 'it stops gracefully');
});

// Faults of a page, wide and narrow, in both languages.
async function faults(where) {
  const wrong = [];
  for (const language of ['en', 'fr'])
    for (const width of [1200, 360]) {
      await page.setViewportSize({width, height: 900});
      await page.goto(`${desk.url}${where}?language=${language}`);
      const here = `${where} ${language} ${width}`;
      if (process.env.SHOTS)
        await page.screenshot({path: `${process.env.SHOTS}/${here.replaceAll(/[/ ]/g, '_')}.png`, fullPage: true});
      const content = await page.evaluate(() => document.documentElement.scrollWidth);
      if (content > width) wrong.push(`${here} is ${content} px wide`);
      const {violations} = await new AxeBuilder({page}).withTags(rules).analyze();
      wrong.push(...violations.flatMap(({id, nodes}) =>
        nodes.slice(0, 4).map(({target}) => `${here}: ${id}: ${target}`)));
      wrong.push(...page.complaints.splice(0).filter((line) => !/status of 4\d\d/.test(line)));
    }
  return wrong;
}

test('mail that is set up is shown without its secret, and tested', async () => {
  await page.goto(`${desk.url}/desk/mail?language=en`);
  await Promise.all([page.waitForLoadState('load'), page.locator('form[action="/desk/mail/test"] button').click()]);
  // The postbox tells what came of it within its own step; the page says so when it is opened again.
  await page.waitForFunction(async () => {
    const answer = await fetch('/desk/mail?language=en');
    return (await answer.text()).includes('did not go out');
  });
  assert.deepEqual(await faults('/desk/mail'), []);
  assert.ok(!(await page.content()).includes(secret));
});

test('a procedure is adopted knowingly, and withdrawn with a reason', async () => {
  const shipped = readFileSync(new URL('../../procedures/guichet-unique.toml', import.meta.url), 'utf8');
  await page.setViewportSize({width: 1200, height: 900});
  await page.goto(`${desk.url}/procedures?language=en`);
  await page.fill('textarea[name=toml]', shipped.replace('version = "1.0"', 'version = "2.0"'));
  await Promise.all([page.waitForLoadState('load'), page.locator('form[action="/procedures/check"] button').click()]);
  await page.check('input[name=earlier_day_read]');
  if (await page.locator('input[name=findings_read]').count()) await page.check('input[name=findings_read]');
  await Promise.all([page.waitForURL(/\/procedures(\?|$)/),
                     page.locator('form[action="/procedures/adopt"] button').first().click()]);
  assert.deepEqual(await faults('/procedures'), []);
  await page.fill('textarea[name=reason]', 'The appeal is missing.');
  await Promise.all([page.waitForLoadState('load'), page.locator('form[action$="/withdraw"] button').click()]);
  assert.deepEqual(await faults('/procedures'), []);
  assert.match(await page.locator('main').innerText(), /The appeal is missing\./);
  assert.deepEqual(await faults('/procedure/2'), []);
});
