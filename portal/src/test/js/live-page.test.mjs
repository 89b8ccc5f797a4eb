import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { refresh, whileVisible } from '../../main/resources/static/js/live-page.js';

const settled = () => new Promise((resolve) => { setImmediate(resolve); });

beforeEach(() => {
  globalThis.document = Object.assign(new EventTarget(), { hidden: false });
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

function show(visible) {
  document.hidden = !visible;
  document.dispatchEvent(new Event('visibilitychange'));
}

test('looks at once, and again after each delay', async () => {
  let looks = 0;
  whileVisible(async () => { looks += 1; }, () => 1000);
  await settled();
  assert.equal(looks, 1);
  mock.timers.tick(999);
  assert.equal(looks, 1);
  mock.timers.tick(1);
  assert.equal(looks, 2);
});

test('nobody looks: it rests, and goes on at once when somebody does', async () => {
  let looks = 0;
  whileVisible(async () => { looks += 1; }, () => 1000);
  await settled();
  show(false);
  mock.timers.tick(60_000);
  await settled();
  assert.equal(looks, 1);
  show(true);
  await settled();
  assert.equal(looks, 2);
});

test('there is nothing more to come: it stops for good', async () => {
  let looks = 0;
  whileVisible(async () => { looks += 1; }, () => (looks < 2 ? 1000 : undefined));
  await settled();
  mock.timers.tick(1000);
  await settled();
  mock.timers.tick(60_000);
  show(false);
  show(true);
  await settled();
  assert.equal(looks, 2);
});

test('one look at a time, however slow', async () => {
  let looks = 0;
  let finish;
  whileVisible(() => { looks += 1; return new Promise((resolve) => { finish = resolve; }); }, () => 1000);
  show(false);
  show(true);
  mock.timers.tick(60_000);
  assert.equal(looks, 1);
  finish();
  await settled();
  mock.timers.tick(1000);
  assert.equal(looks, 2);
});

test('a page that has not changed is not sent again, and stays as it is', async () => {
  const asked = [];
  const shown = { id: 'state', innerHTML: 'running', replaceChildren(text) { this.innerHTML = text; } };
  let page = { ok: true, status: 200, headers: new Headers({ ETag: '"1"' }), text: async () => 'ended' };
  globalThis.location = { href: 'http://portal/jobs/1' };
  globalThis.document.querySelectorAll = () => [shown];
  globalThis.DOMParser = class {
    parseFromString(text) { return { getElementById: () => ({ innerHTML: text, childNodes: [text] }) }; }
  };
  globalThis.fetch = async (address, { headers }) => { asked.push(headers['If-None-Match']); return page; };

  await refresh();
  assert.equal(shown.innerHTML, 'ended');
  page = { ok: false, status: 304 };
  await refresh();
  assert.equal(shown.innerHTML, 'ended');
  page = { ok: false, status: 500 };
  await assert.rejects(refresh);
  page = { ok: true, status: 200, headers: new Headers(), text: async () => 'failed' };
  await refresh();
  assert.equal(shown.innerHTML, 'failed');
  await refresh();
  assert.deepEqual(asked, [undefined, '"1"', '"1"', '"1"', undefined]);
});
