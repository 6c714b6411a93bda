// A case through the live desk, by hand and without JavaScript: opened by a seller, answered, disputed, handed over,
// escalated and decided; another whose clock runs out. The auditor finds every step with the clause that caused it.
// Usage: GUICHET=path/of/guichet node --test desk_walk_test.mjs
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {kPassword, launch, openDesk, speak, visit} from './demo_desk.mjs';

const plain = {javaScriptEnabled: false};
let desk, browser, admin;
const visits = new Map();

before(async () => {
  desk = await openDesk(process.env.GUICHET);
  browser = await launch();
  admin = await visit(browser, desk.url, 'admin', plain);
});
after(async () => {
  await browser?.close();
  await desk?.close();
});

async function as(who) {
  if (!visits.has(who)) visits.set(who, await visit(browser, desk.url, who, plain));
  return visits.get(who);
}

// Signs in by address: agents of the demo who are not in its short list.
async function asAddress(email) {
  if (!visits.has(email)) {
    const page = await visit(browser, desk.url, 'nobody', plain);
    await page.goto(`${desk.url}/signin`);
    await page.fill('input[name=email]', email);
    await page.fill('input[name=password]', kPassword);
    await Promise.all([page.waitForURL((to) => !to.pathname.startsWith('/signin')),
                       page.press('input[name=password]', 'Enter')]);
    visits.set(email, page);
  }
  return visits.get(email);
}

async function summary(number) {
  const auditor = await as('auditor');
  const answer = await auditor.request.get(`${desk.url}/api/cases/${number}`);
  assert.equal(answer.status(), 200);
  return answer.json();
}

// The page of whoever answers for the case now.
async function asOwner(number) {
  const {summary: {owner}} = await summary(number);
  assert.ok(owner, `somebody answers for case ${number}`);
  await admin.goto(`${desk.url}/people/${owner.id}`);
  const email = /[\w.+-]+@[\w.-]+\.example/.exec(await admin.locator('main').innerText())?.[0] ??
    await admin.locator('input[name=email]').first().inputValue();
  return asAddress(email);
}

// Sends the form in sight that posts to `action`, filled in; gives the status of the page that follows.
async function send(page, action, values, button = 'button:not([name]), button[type=submit]') {
  const form = page.locator(`main form[action="${action}"]:visible`).first();
  for (const [name, value] of Object.entries(values)) {
    const field = form.locator(`[name="${name}"]`);
    const kind = await field.first().evaluate((element) => element.type);
    if (kind === 'checkbox') {
      for (const one of [value].flat()) await form.locator(`[name="${name}"][value="${one}"]`).check();
    } else if (kind === 'select-one') {
      await field.first().selectOption(value);
    } else {
      await field.first().fill(value);
    }
  }
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'POST'),
    form.locator(button).last().click(),
  ]);
  await page.waitForLoadState();
  const said = (await page.locator('main').innerText()).slice(0, 400);
  assert.ok([302, 303].includes(answer.status()), `${action} gives ${answer.status()}: ${said}`);
}

async function openCase(subject) {
  const seller = await as('seller');
  await seller.goto(`${desk.url}/cases/new?matter=payment`);
  // What the procedure promises is there before anything is sent.
  assert.match(await seller.locator('main').innerText(), /2\s(jours\souvrés|working\sdays)/);
  await send(seller, '/cases',
             {subject, amount: '350,00', body: 'Le virement de mars manque.', questions: 'Quand sera-t-il payé ?'});
  const number = /\/cases\/(\d+)/.exec(seller.url())?.[1];
  assert.ok(number, seller.url());
  return number;
}

test('a case is opened, answered, disputed, handed over, escalated and decided', async () => {
  const number = await openCase('Virement manquant');
  const seller = await as('seller');
  assert.match(await seller.locator('main').innerText(), /(doit vous répondre|must answer you)/,
               'line one: who answers, until when');

  const owner = await asOwner(number);
  await owner.goto(`${desk.url}/cases/${number}`);
  await send(owner, `/cases/${number}/desk/message`, {answers: '0', body: 'Il est parti.'}, 'button:not([formaction])');
  assert.equal((await summary(number)).questions[0].standing, 'answered');

  await seller.goto(`${desk.url}/cases/${number}/my/dispute`);
  await send(seller, `/cases/${number}/dispute`, {answers: '0', body: 'Quand, exactement ?'});
  assert.equal((await summary(number)).questions[0].standing, 'disputed');

  await owner.goto(`${desk.url}/cases/${number}/hand-off`);
  const to = await owner.locator('select[name=to] option')
    .evaluateAll((all) => all.map((one) => one.value).filter(Boolean)[0]);
  await send(owner, `/cases/${number}/desk/hand-off`,
             {to, reason: 'workload', summary: 'Virement de mars : la date manque.'}, 'button:not([formaction])');
  const offered = (await summary(number)).hand_overs.at(-1);
  assert.equal(offered.standing, 'proposed');
  await admin.goto(`${desk.url}/people/${offered.to.id}`);
  const email = /[\w.+-]+@[\w.-]+\.example/.exec(await admin.locator('main').innerText())?.[0] ??
    await admin.locator('input[name=email]').first().inputValue();
  const taker = await asAddress(email);
  await taker.goto(`${desk.url}/cases/${number}/hand-off`);
  await send(taker, `/cases/${number}/desk/accept-hand-off`, {});
  assert.equal((await summary(number)).summary.owner.id, offered.to.id);

  await seller.goto(`${desk.url}/cases/${number}/my/escalate`);
  await send(seller, `/cases/${number}/escalate`, {body: 'Trois personnes, aucune date.'});
  assert.equal((await summary(number)).summary.level, 'head');

  const head = await asOwner(number);
  await head.goto(`${desk.url}/cases/${number}`);
  await send(head, `/cases/${number}/desk/message`, {answers: '0', body: 'Le 12 avril.'},
             'button:not([formaction])');
  await head.goto(`${desk.url}/cases/${number}/decide`);
  await send(head, `/cases/${number}/desk/decide`,
             {facts: 'Le virement de mars a été bloqué par erreur.', ground: 'Conditions, article 7.',
              outcome: 'granted', measure: 'Payé le 12 avril.', redress: ['internal', 'certified_body', 'court']},
             'button:not([formaction])');
  assert.equal((await summary(number)).summary.decided_as, 'granted');

  const auditor = await as('auditor');
  await auditor.goto(`${desk.url}/audit/cases/${number}`);
  const told = await auditor.locator('main').innerText();
  for (const kind of ['opened', 'message_sent', 'question_answered', 'question_disputed', 'hand_off_proposed',
                      'hand_off_accepted', 'escalated', 'decided', 'clock_started'])
    assert.ok(told.includes(kind), `the auditor finds ${kind}`);
  for (const clause of ['clocks.first_answer', 'hand_off', 'ladder', 'decision'])
    assert.ok(told.includes(clause), `the auditor finds the clause ${clause}`);
  const {events} = await summary(number);
  const without = events.filter(({clause}) => !clause).map(({event}) => event);
  assert.deepEqual(without, [], 'every step of this case rests on a clause');
});

test('the accounts printed at the start are enough for the whole walk', async () => {
  const number = await openCase('Avec les comptes affichés');
  const {summary: {owner}} = await summary(number);
  const agent = await as('agent');
  assert.equal(owner.id, (await (await agent.request.get(`${desk.url}/api/me`)).json()).id,
               'what the printed seller opens is on the desk of the printed agent');
  await agent.goto(`${desk.url}/cases/${number}`);
  await send(agent, `/cases/${number}/desk/message`, {answers: '0', body: 'Il est parti.'}, 'button:not([formaction])');
  await agent.goto(`${desk.url}/cases/${number}/hand-off`);
  const {id: to} = await (await (await as('decider')).request.get(`${desk.url}/api/me`)).json();
  await send(agent, `/cases/${number}/desk/hand-off`,
             {to: String(to), reason: 'speciality', summary: 'La date du virement manque.'},
             'button:not([formaction])');
  const decider = await as('decider');
  await decider.goto(`${desk.url}/cases/${number}/hand-off`);
  await send(decider, `/cases/${number}/desk/accept-hand-off`, {});
  assert.equal((await summary(number)).summary.owner.id, to);

  // A second case climbs, from the printed agent to the printed decider.
  const other = await openCase('Qui monte');
  await agent.goto(`${desk.url}/cases/${other}`);
  await send(agent, `/cases/${other}/desk/message`, {answers: '0', body: 'Bientôt.'}, 'button:not([formaction])');
  const seller = await as('seller');
  await seller.goto(`${desk.url}/cases/${other}/my/dispute`);
  await send(seller, `/cases/${other}/dispute`, {answers: '0', body: 'Quel jour ?'});
  await seller.goto(`${desk.url}/cases/${other}/my/escalate`);
  await send(seller, `/cases/${other}/escalate`, {body: 'Aucune date.'});
  assert.equal((await summary(other)).summary.owner.id, to);
  await decider.goto(`${desk.url}/cases/${other}`);
  await send(decider, `/cases/${other}/desk/message`, {answers: '0', body: 'Le 12 avril.'}, 'button:not([formaction])');
  await decider.goto(`${desk.url}/cases/${other}/decide`);
  await send(decider, `/cases/${other}/desk/decide`,
             {facts: 'Le virement était bloqué.', ground: 'Conditions, article 7.', outcome: 'granted',
              measure: 'Payé le 12 avril.', redress: ['internal', 'certified_body', 'court']});
  assert.equal((await summary(other)).summary.decided_as, 'granted');
  for (const one of [number, other]) {
    const {events} = await summary(one);
    assert.deepEqual(events.filter(({clause}) => !clause).map(({event}) => event), [], 'each step has its clause');
    const auditor = await as('auditor');
    await auditor.goto(`${desk.url}/audit/cases/${one}`);
    assert.match(await auditor.locator('main').innerText(), /clocks\.first_answer/);
  }
});

test('a promise that the desk does not keep has the consequence that the procedure names', async () => {
  const number = await openCase('Personne ne répond');
  await admin.goto(`${desk.url}/desk`);
  for (let week = 0; week < 2; ++week)
    await Promise.all([admin.waitForURL(/\/desk/),
                       admin.locator('main form[action="/desk/time"] button[value=week]').click()]);
  let told;
  // The clocks of the whole demo run out meanwhile; a minute is more than they need.
  for (const began = Date.now(); Date.now() - began < 60_000;) {
    told = await summary(number);
    if (told.events.some(({event, clock}) => event === 'went_overdue' && clock === 'first_answer')) break;
  }
  const overdue = told.events.find(({event}) => event === 'went_overdue');
  assert.match(overdue?.clause ?? '', /^clocks\.first_answer/);
  assert.equal(overdue.party, 'clock');
  assert.ok(told.events.some(({event, party}) => event === 'escalated' && party === 'clock'), 'it climbs by itself');
  const seller = await as('seller');
  await seller.goto(`${desk.url}/cases/${number}`);
  await speak(seller, 'en').catch(() => {});
  assert.match(await seller.locator('main').innerText(), /(overdue|ran out|dépassé|manqué)/i,
               'the seller sees the broken promise');
});

test('a fact is stated by one side and disputed by the other', async () => {
  const number = await openCase('Les faits');
  const seller = await as('seller');
  await seller.goto(`${desk.url}/cases/${number}/chronology`);
  const message = await seller.locator('#new-source option[value^="message"]').first().getAttribute('value');
  await send(seller, `/cases/${number}/fact`, {body: 'Personne n’a répondu.', date: '2026-02', source: message});
  await send(seller, `/cases/${number}/fact`, {body: 'Sans date ni source.'});
  const owner = await asOwner(number);
  await owner.goto(`${desk.url}/cases/${number}/chronology`);
  assert.match(await owner.locator('.fact').first().innerText(), /Sans date ni source/, 'undated facts come first');
  await owner.locator('.fact:has-text("Personne") summary').first().click();
  const dispute = owner.locator('.fact:has-text("Personne") form').first();
  await dispute.locator('[name=body]').fill('Nous avons répondu le 3.');
  await dispute.locator('button').last().click();
  await owner.waitForLoadState();
  assert.equal(await owner.locator('.fact .side').count(), 2, 'both versions stand side by side');
  await seller.goto(`${desk.url}/cases/${number}/claim`);
  await send(seller, `/cases/${number}/claim`, {regime: 'legal_interest', what: 'Solde', amount: '8199,36',
                                               from: '2024-07-01', until: '2026-06-30'});
  assert.match(await seller.locator('main').innerText(), /574[.,]26/, 'interest to the cent');
  assert.equal((await (await as('auditor')).goto(`${desk.url}/cases/${number}/chronology`)).status(), 200);
});

test('another seller finds nothing of it', async () => {
  const stranger = await visit(browser, desk.url, 'mediator', plain);
  const number = await openCase('Rien pour les autres');
  for (const path of [`/cases/${number}`, `/cases/${number}/print`, `/cases/${number}/data.json`,
                      `/cases/${number}/chronology`, `/cases/${number}/claim`])
    assert.equal((await stranger.request.get(desk.url + path)).status(), 404, path);
});
