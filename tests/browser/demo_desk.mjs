// A demo desk for tests, or a real one, on a port of its own and a ledger that is thrown away, and people who sign in
// to it.
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

import {chromium} from 'playwright-core';

export const kPassword = 'demo-guichet';

// With `more`, which gives the options of a real desk for a folder of its own, no demo.
export async function openDesk(guichet, more) {
  const folder = mkdtempSync(path.join(tmpdir(), 'guichet-desk-'));
  const kind = more ? more(folder) : ['--demo', '--still', '--language', 'en'];
  const desk = spawn(guichet, ['serve', ...kind, '--ledger', path.join(folder, 'ledger.db'), '--listen', '127.0.0.1:0',
                               '--writes-per-minute', '100000'],
                     {stdio: ['ignore', 'pipe', 'pipe']});
  let said = '';
  const url = await new Promise((resolve, reject) => {
    desk.stdout.on('data', (bytes) => {
      said += bytes;
      const found = /open at (http:\/\/\S+)/.exec(said);
      if (found && said.includes('Ctrl-C')) resolve(found[1]);
    });
    desk.stderr.on('data', (bytes) => { said += bytes; });
    desk.on('exit', (code) => reject(new Error(`the desk ended with ${code}: ${said}`)));
  });
  return {
    url,
    said: () => said,
    async close() {
      const ended = new Promise((resolve) => desk.on('exit', resolve));
      desk.kill('SIGTERM');
      const code = await ended;
      rmSync(folder, {recursive: true, force: true});
      return code;
    },
  };
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.GUICHET_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
           '--disable-component-update', '--disable-sync'],
  });
}

// A page of somebody signed in ('nobody' is not), that remembers what the browser complained of.
export async function visit(browser, url, who, options = {}) {
  const context = await browser.newContext({viewport: {width: 1200, height: 900}, locale: 'en', ...options});
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:'))
      page.complaints.push(`asks for ${request.url()}`);
  });
  if (who !== 'nobody') {
    await page.goto(`${url}/signin`);
    await page.fill('input[name=email]', `${who}@demo.example`);
    await page.fill('input[name=password]', kPassword);
    await Promise.all([page.waitForURL((to) => !to.pathname.startsWith('/signin')),
                       page.press('input[name=password]', 'Enter')]);
  }
  return page;
}

// Chooses the language of the pages, as a person does.
export async function speak(page, language) {
  const now = await page.evaluate(() => document.documentElement.lang);
  if (now === language) return;
  const control = page.locator(`[hreflang="${language}"], button[value="${language}"]`).first();
  await Promise.all([page.waitForLoadState('load'), control.click()]);
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
}
