import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatMoment, formatTime, formatValue, lastMeasured, merge, pollDelay, timeTicks, toPoints, valueStep,
} from '../../main/resources/static/js/chart/series.js';

const MINUTE = 60_000;

test('what was not measured stays a gap, never zero', () => {
  const points = toPoints({ points: [
    ['2026-11-21T10:00:00Z', 1.5], ['2026-11-21T10:00:01Z', null], ['2026-11-21T10:00:03Z', 0],
  ] });
  assert.deepEqual(points.map(({ y }) => y), [1.5, null, 0]);
  assert.equal(points[0].x, Date.UTC(2026, 10, 21, 10));
});

test('fresh points replace what they cover', () => {
  const known = [{ x: 0, y: 1 }, { x: 1000, y: 2 }, { x: 2000, y: 3 }];
  assert.deepEqual(merge(known, [{ x: 2000, y: 4 }, { x: 3000, y: 5 }]),
    [{ x: 0, y: 1 }, { x: 1000, y: 2 }, { x: 2000, y: 4 }, { x: 3000, y: 5 }]);
  assert.deepEqual(merge(known, []), known);
});

test('the last measured point counts, not the last gap', () => {
  assert.equal(lastMeasured([[{ x: 1, y: 1 }, { x: 2, y: null }], [{ x: 0, y: 7 }]]), 1);
  assert.equal(lastMeasured([[{ x: 2, y: null }], []]), undefined);
});

test('a job is looked at as often as it is sampled, within 1 s and 15 s', () => {
  assert.equal(pollDelay(0.2), 1000);
  assert.equal(pollDelay(5), 5000);
  assert.equal(pollDelay(600), 15_000);
  assert.equal(pollDelay(Number.NaN), 15_000);
});

test('a time axis has whole steps and not too many', () => {
  assert.deepEqual(timeTicks(90_000, 5 * MINUTE, 5), [2, 3, 4, 5].map((n) => n * MINUTE));
  for (const span of [3_000, MINUTE, 50 * MINUTE, 30 * 60 * MINUTE, 9 * 24 * 60 * MINUTE, 900 * 24 * 60 * MINUTE]) {
    const ticks = timeTicks(1_700_000_000_000, 1_700_000_000_000 + span, 7);
    assert.ok(ticks.length >= 1 && ticks.length <= 8, `${span} ms: ${ticks.length} ticks`);
  }
});

test('a moment in full is written as everywhere in the portal', () => {
  assert.equal(formatMoment(Date.UTC(2026, 10, 21, 9, 5, 7)), '2026-11-21 09:05:07 UTC');
});

test('times are UTC, with seconds only where they help', () => {
  const moment = Date.UTC(2026, 10, 21, 9, 5, 7);
  assert.equal(formatTime(moment, 2 * MINUTE), '09:05:07');
  assert.equal(formatTime(moment, 60 * MINUTE), '09:05');
  assert.equal(formatTime(moment, 30 * 60 * MINUTE), '11-21 09:05');
  assert.equal(formatTime(moment, 9 * 24 * 60 * MINUTE), '11-21');
});

test('values have IEC units, and things are whole', () => {
  assert.equal(formatValue(1536, 'B'), '1.5 KiB');
  assert.equal(formatValue(3 * 2 ** 30, 'B'), '3 GiB');
  assert.equal(formatValue(2 ** 20, 'B/s'), '1 MiB/s');
  assert.equal(formatValue(1.957, 'cores'), '1.96 cores');
  assert.equal(formatValue(0.125, 'share'), '12.5 %');
  assert.equal(formatValue(41.5, '1/s'), '41.5/s');
  assert.equal(formatValue(61.25, 'Cel'), '61.25 °C');
  assert.equal(formatValue(12, ''), '12');
  assert.equal(formatValue(null, 'B'), 'not measured');
});

test('steps of a value axis are round in their own base', () => {
  assert.equal(valueStep(2, 'cores'), 0.5);
  assert.equal(valueStep(3 * 2 ** 30, 'B'), 2 ** 29);
  assert.equal(valueStep(3, ''), 1);
  assert.equal(valueStep(0, 'cores'), 1);
});
