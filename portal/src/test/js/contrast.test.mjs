import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const css = readFileSync(new URL('../../main/resources/static/css/portal.css', import.meta.url), 'utf8');
const [light, dark] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => colours(block));

/** Text and the surfaces that it is written on. */
const PAIRS = [
  ...['ink', 'muted', 'accent'].flatMap((text) => ['page', 'surface', 'raised'].map((on) => [text, on])),
  ...['bad', 'warn', 'good', 'quiet'].flatMap((text) => [[text, `${text}-surface`], [text, 'surface']]),
  ['accent-ink', 'accent'], ['bar-ink', 'bar'], ['bar-muted', 'bar'],
];

for (const [scheme, names] of [['light', light], ['dark', { ...light, ...dark }]]) {
  test(`text is readable in the ${scheme} scheme`, () => {
    for (const [text, surface] of PAIRS) {
      const ratio = contrast(names[text], names[surface]);
      assert.ok(ratio >= 4.5, `--${text} on --${surface}: ${ratio.toFixed(2)}`);
    }
  });

  test(`lines of charts stand out in the ${scheme} scheme`, () => {
    for (const line of ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6', 'limit']) {
      const ratio = contrast(names[line], names.surface);
      assert.ok(ratio >= 3, `--${line}: ${ratio.toFixed(2)}`);
    }
  });
}

function colours(block) {
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]));
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
