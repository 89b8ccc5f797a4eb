/**
 * Charts of a page: every `figure` with `data-metrics` below `root`, fed from `data-series-url`.
 */
import { LineChart } from './line-chart.js';
import { lastMeasured, merge, toPoints } from './series.js';

/** As many as a wide screen can show apart. */
const POINTS = 600;

export class SeriesCharts {
  #url;
  #begin;
  #windowMs;
  #charts;
  #metrics;
  #points = new Map();
  #range;
  #added = 0;

  /**
   * @param {HTMLElement} root `data-series-url`; `data-from`: first moment shown, absent for all there is;
   *     `data-window-seconds`: show so much and no more, absent for all
   */
  constructor(root) {
    this.#url = root.dataset.seriesUrl;
    this.#begin = root.dataset.from;
    this.#windowMs = root.dataset.windowSeconds ? Number(root.dataset.windowSeconds) * 1000 : undefined;
    this.#charts = [...root.querySelectorAll('figure[data-metrics]')].map(toChart);
    this.#metrics = [...new Set(this.#charts.flatMap(({ metrics }) => metrics))];
  }

  /** The stretch of time that the charts show; undefined before the first update. */
  get range() {
    return this.#range;
  }

  /**
   * Fetches what is new and shows it.
   *
   * @param {{time: number, text: string}[]} flags
   * @param {{from: number, to: number, kind: string}[]} spans to be shaded
   * @param {{from: number, to: number}} shown in place of what the answers are about: for charts with one time axis
   */
  async update(flags = [], spans = [], shown = undefined) {
    const last = lastMeasured([...this.#points.values()]);
    // What was added bit by bit is finer than the rest: now and then all of it is asked for again.
    if (last === undefined || this.#added > POINTS / 2) {
      const begin = this.#range === undefined ? this.#begin : new Date(this.#range.from).toISOString();
      const answer = await this.#fetch(begin);
      this.#points.clear();
      this.#added = 0;
      this.#take(answer);
      this.#range = { from: Date.parse(answer.from), to: Date.parse(answer.to) };
    } else {
      const answer = await this.#fetch(new Date(last).toISOString());
      this.#added += Math.max(...answer.series.map(({ points }) => points.length), 0);
      this.#take(answer);
      const to = Math.max(this.#range.to, Date.parse(answer.to));
      this.#range = { from: this.#windowMs === undefined ? this.#range.from : Math.max(this.#range.from, to - this.#windowMs), to };
    }
    for (const { chart, metrics, figure } of this.#charts) {
      const range = shown ?? this.#range;
      const { bands, levels } = flagged(figure, range.to);
      chart.show(metrics.map((metric) => this.#points.get(metric) ?? []), range, flags, [...spans, ...bands], levels);
    }
  }

  async #fetch(from) {
    const query = new URLSearchParams({ metric: this.#metrics.join(','), points: POINTS });
    if (from !== undefined) {
      query.set('from', from);
    }
    const response = await fetch(`${this.#url}?${query}`, { headers: { Accept: 'application/json' }, redirect: 'error' });
    if (!response.ok) {
      throw new Error(`the portal answers with status ${response.status}.`);
    }
    return response.json();
  }

  #take(answer) {
    for (const line of answer.series) {
      this.#points.set(line.metric, merge(this.#points.get(line.metric) ?? [], toPoints(line)));
    }
  }
}

/** The stretches over which flags stood, and what they were judged against, as the figure lists them. */
function flagged(figure, now) {
  const bands = [];
  const levels = [];
  for (const item of figure.querySelectorAll('[data-flagged-from]')) {
    const { flaggedFrom, flaggedTo, title } = item.dataset;
    const band = { from: Date.parse(flaggedFrom), to: flaggedTo ? Date.parse(flaggedTo) : now, kind: 'flagged' };
    bands.push(band);
    for (const level of item.querySelectorAll('[data-level]')) {
      levels.push({ from: band.from, to: band.to, label: `${title}: ${level.dataset.name}`, value: Number(level.dataset.level) });
    }
  }
  return { bands, levels };
}

function toChart(figure) {
  const { metrics, labels, unit, limit, limitLabel } = figure.dataset;
  // Charts one below the other, with one time axis: their left edges stand in one line.
  const aligned = figure.closest('[data-aligned]') !== null;
  return {
    figure,
    metrics: metrics.split(','),
    chart: new LineChart(figure.querySelector('canvas'), {
      labels: labels.split(','),
      unit: unit ?? '',
      aligned,
      limit: limit ? { label: limitLabel, value: Number(limit) } : undefined,
    }),
  };
}
