/**
 * Charts of a page: every `figure` with `data-metrics` below `root`, fed from `data-series-url`.
 */
import { LineChart } from './line-chart.js';
import { lastMeasured, merge, toPoints, withGaps } from './series.js';

/** As many as a wide screen can show apart. */
const POINTS = 600;

export class SeriesCharts {
  #url;
  #from;
  #to;
  #windowMs;
  #charts;
  #metrics;
  #points = new Map();
  #answer;
  #added = 0;

  /**
   * @param {HTMLElement} root `data-from`: first moment of all, `data-to`: last, absent for up to now,
   *     `data-window-seconds`: only so long before the end
   */
  constructor(root) {
    this.#url = root.dataset.seriesUrl;
    this.#from = Date.parse(root.dataset.from);
    this.#to = root.dataset.to ? Date.parse(root.dataset.to) : undefined;
    this.#windowMs = root.dataset.windowSeconds ? Number(root.dataset.windowSeconds) * 1000 : undefined;
    this.#charts = [...root.querySelectorAll('figure[data-metrics]')].map(toChart);
    this.#metrics = [...new Set(this.#charts.flatMap(({ metrics }) => metrics))];
  }

  /**
   * Fetches what is new and shows it.
   *
   * @param {{time: number, text: string}[]} flags
   */
  async update(flags) {
    const last = lastMeasured([...this.#points.values()]);
    // What was added bit by bit is finer than the rest: now and then all of it is asked for again.
    if (last === undefined || this.#added > POINTS / 2) {
      this.#added = 0;
      await this.#fetch(this.#begin(Date.now()), this.#to, POINTS);
    } else {
      await this.#fetch(last, this.#to, POINTS);
    }
    this.#show(flags);
  }

  #begin(now) {
    const end = this.#to ?? now;
    return this.#windowMs === undefined ? this.#from : Math.max(this.#from, end - this.#windowMs);
  }

  async #fetch(from, to, points) {
    const query = new URLSearchParams({ metric: this.#metrics.join(','), from: new Date(from).toISOString(), points });
    if (to !== undefined) {
      query.set('to', new Date(to).toISOString());
    }
    const response = await fetch(`${this.#url}?${query}`, { headers: { Accept: 'application/json' }, redirect: 'error' });
    if (!response.ok) {
      throw new Error(`The portal answers with status ${response.status}.`);
    }
    this.#answer = await response.json();
    for (const line of this.#answer.lines) {
      const name = line.metric.toLowerCase();
      const fresh = withGaps(toPoints(line), this.#answer.intervalSeconds * 1000);
      this.#added += fresh.length / this.#answer.lines.length;
      this.#points.set(name, merge(this.#points.get(name) ?? [], fresh));
    }
  }

  #show(flags) {
    const end = this.#to ?? Date.parse(this.#answer.to);
    const range = { from: this.#begin(end), to: end };
    for (const { chart, metrics } of this.#charts) {
      chart.show(metrics.map((metric) => this.#points.get(metric) ?? []), range, flags);
    }
  }
}

function toChart(figure) {
  const { metrics, labels, unit, limit, limitLabel } = figure.dataset;
  return {
    metrics: metrics.split(','),
    chart: new LineChart(figure.querySelector('canvas'), {
      labels: labels.split(','),
      unit: unit ?? '',
      limit: limit ? { label: limitLabel, value: Number(limit) } : undefined,
    }),
  };
}
