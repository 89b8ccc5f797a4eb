import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pointed } from '../../main/resources/static/js/rule/place.js';

test('a mark stands below the place, in its line', () => {
  assert.equal(
    pointed('cores > 1\n  && cors > 2', { line: 2, column: 6, detail: 'no cors' }),
    '  && cors > 2\n     ^\nno cors',
  );
});

test('of a long line, what is near the place is shown', () => {
  const shown = pointed('a'.repeat(500), { line: 1, column: 301, detail: 'x' }).split('\n');
  assert.equal(shown[0].length, 100);
  assert.equal(shown[1].indexOf('^'), 60);
});

test('what has no place, or one that is not there, is told without', () => {
  assert.equal(pointed('a', { detail: 'too long' }), 'too long');
  assert.equal(pointed('a', { line: 7, column: 1, detail: 'end' }), 'end');
  assert.equal(pointed('a', { line: 1, column: 99, detail: 'end' }), 'a\n ^\nend');
});
