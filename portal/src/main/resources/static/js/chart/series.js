/**
 * Series as charts want them: points with gaps, axes with sensible steps, text for values and times.
 * Pure: no document, no Chart.js, no clock. Times are milliseconds since the epoch, shown in UTC.
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Distances between two ticks of a time axis that people read without thinking. */
const TIME_STEPS = [
  SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
  DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY,
];

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/**
 * Points of one line of the portal's answer, by time. Where nothing was measured the portal says null: it
 * knows how often a job is sampled, and so what is a gap.
 *
 * @param {{points: [string, number|null][]}} line
 * @returns {{x: number, y: number|null}[]}
 */
export function toPoints(line) {
  return line.points.map(([time, value]) => ({ x: Date.parse(time), y: value ?? null }));
}

/** Points that are known, with fresh ones in place of all from the first fresh one on. */
export function merge(known, fresh) {
  if (fresh.length === 0) {
    return known;
  }
  return [...known.filter((point) => point.x < fresh[0].x), ...fresh];
}

/** Time of the last measured point over all lines; undefined when there is none. */
export function lastMeasured(lines) {
  const times = lines.flatMap((points) => points.filter((point) => point.y !== null).map((point) => point.x));
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b));
}

/** Milliseconds until the next look at a job that is sampled at this interval: 1 s to 15 s. */
export function pollDelay(intervalSeconds) {
  if (!Number.isFinite(intervalSeconds)) {
    return 15 * SECOND;
  }
  return Math.min(15, Math.max(1, intervalSeconds)) * SECOND;
}

/** Whole steps between two times, at most `most` of them. */
export function timeTicks(from, to, most) {
  const step = TIME_STEPS.find((candidate) => (to - from) / candidate <= most)
      ?? Math.ceil((to - from) / most / (28 * DAY)) * 28 * DAY;
  const ticks = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) {
    ticks.push(tick);
  }
  return ticks;
}

/** A time in UTC, as short as the stretch of time allows. */
export function formatTime(ms, spanMs) {
  const text = new Date(ms).toISOString();
  if (spanMs > 3 * DAY) {
    return text.slice(5, 10);
  }
  if (spanMs > DAY) {
    return `${text.slice(5, 10)} ${text.slice(11, 16)}`;
  }
  return spanMs < 10 * MINUTE ? text.slice(11, 19) : text.slice(11, 16);
}

/** A time in UTC in full, as the rest of the portal writes it. */
export function formatMoment(ms) {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Distance between two ticks for values up to `max`: 1, 2 or 5 of a power of ten, of two for bytes. */
export function valueStep(max, unit, most = 6) {
  if (!(max > 0)) {
    return 1;
  }
  const rough = max / most;
  if (isBytes(unit)) {
    return Math.max(1, 2 ** Math.ceil(Math.log2(rough)));
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  return countsThings(unit) ? Math.max(1, step) : step;
}

/** A value with its unit, as the rest of the portal writes it. */
export function formatValue(value, unit) {
  if (value === null || value === undefined) {
    return 'not measured';
  }
  if (isBytes(unit)) {
    return formatBytes(value) + (unit === 'B/s' ? '/s' : '');
  }
  if (unit === 'share') {
    return `${(100 * value).toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 0.01 ? 2 : 1 })} %`;
  }
  const digits = countsThings(unit) || Number.isInteger(value) ? 0 : 2;
  const text = value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: 0 });
  if (unit === '1/s') {
    return `${text}/s`;
  }
  return unit === '' || unit === '1' ? text : `${text} ${unit === 'Cel' ? '°C' : unit}`;
}

function formatBytes(bytes) {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 1;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit]}`;
}

function isBytes(unit) {
  return unit === 'B' || unit === 'B/s';
}

function countsThings(unit) {
  return unit === '';
}
