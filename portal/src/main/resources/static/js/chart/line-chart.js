/**
 * Lines over time: the only file that knows Chart.js, which a plain script put into `window.Chart`.
 */
import { formatMoment, formatTime, formatValue, timeTicks, valueStep } from './series.js';

const PALETTE = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5', '--series-6'];
const DASHES = [[], [7, 3], [2, 3]];

const MARK = 6;

/** Marks each flag on the time axis, with a thin line up so that the eye finds the moment in the curve. */
const FLAG_MARKS = {
  id: 'flagMarks',
  afterDatasetsDraw(chart) {
    const { ctx, chartArea, scales } = chart;
    for (const dataset of chart.data.datasets.filter((candidate) => candidate.flags)) {
      ctx.save();
      ctx.strokeStyle = dataset.borderColor;
      ctx.fillStyle = dataset.borderColor;
      ctx.setLineDash([3, 3]);
      for (const point of dataset.data.filter(({ x }) => x >= scales.x.min && x <= scales.x.max)) {
        const x = scales.x.getPixelForValue(point.x);
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        ctx.beginPath();
        ctx.moveTo(x - MARK, chartArea.bottom + MARK);
        ctx.lineTo(x + MARK, chartArea.bottom + MARK);
        ctx.lineTo(x, chartArea.bottom - MARK);
        ctx.fill();
      }
      ctx.restore();
    }
  },
};

/** What stretches of time may be shaded for, and how the legend calls it. */
const SPANS = {
  thinned: { label: 'samples given up', colour: '--thinned' },
  fine: { label: 'fine samples', colour: '--fine' },
  full: { label: 'all in use, others wait', colour: '--flagged' },
  flagged: { label: 'flagged', colour: '--flagged' },
};

/** Shades stretches of time behind the lines. */
const SPAN_MARKS = {
  id: 'spanMarks',
  beforeDatasetsDraw(chart) {
    const { ctx, chartArea, scales } = chart;
    for (const dataset of chart.data.datasets.filter((candidate) => candidate.span)) {
      ctx.save();
      ctx.fillStyle = dataset.backgroundColor;
      for (let index = 0; index + 1 < dataset.data.length; index += 2) {
        const pixel = (x) => Math.min(chartArea.right, Math.max(chartArea.left, scales.x.getPixelForValue(x)));
        const from = pixel(dataset.data[index].x);
        ctx.fillRect(from, chartArea.top, Math.max(2, pixel(dataset.data[index + 1].x) - from), chartArea.height);
      }
      ctx.restore();
    }
  },
};

/** What a flag was judged against: apart from the lines of what was measured, and from each other. */
const LEVEL_DASHES = [[1, 3], [8, 3, 2, 3]];

/** Room for the values beside a chart that stands in one line with others, in pixels. */
const ALIGNED_AXIS = 68;

/** A line so many times above all that was measured would press that flat: it is only told beside the chart. */
const FAR_ABOVE = 4;

export class LineChart {
  #chart;
  #unit;
  #limit;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{labels: string[], unit: string, aligned?: boolean, limit?: {label: string, value: number}}} description
   */
  constructor(canvas, { labels, unit, aligned, limit }) {
    this.#unit = unit;
    this.#limit = limit;
    const datasets = labels.map((label, index) => ({
      label,
      data: [],
      borderWidth: 1.75,
      borderDash: DASHES[(index + Math.floor(index / PALETTE.length)) % DASHES.length],
      pointRadius: loneDots,
      pointHitRadius: 8,
      spanGaps: false,
      tension: 0,
    }));
    if (limit) {
      datasets.push({ label: limit.label, data: [], borderWidth: 1.5, borderDash: [2, 2], pointRadius: 0, limit: true });
    }
    datasets.push({ label: 'flag raised', data: [], flags: true, showLine: false, pointRadius: 0, pointHoverRadius: 0, pointHitRadius: 8 });
    for (const [span, { label }] of Object.entries(SPANS)) {
      datasets.push({ label, data: [], span, showLine: false, pointRadius: 0, pointHoverRadius: 0, pointHitRadius: 0 });
    }
    const options = this.#options();
    if (aligned) {
      options.scales.y.afterFit = (axis) => { axis.width = ALIGNED_AXIS; };
    }
    paint(datasets, options);
    this.#chart = new window.Chart(canvas, { type: 'line', data: { datasets }, options, plugins: [SPAN_MARKS, FLAG_MARKS] });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      paint(this.#chart.data.datasets, this.#chart.options);
      this.#chart.update('none');
    });
  }

  /**
   * @param {{x: number, y: number|null}[][]} lines points in the order of the labels
   * @param {{from: number, to: number}} range shown
   * @param {{time: number, text: string}[]} flags
   * @param {{from: number, to: number, kind: string}[]} spans to be shaded
   * @param {{from: number, to: number, label: string, value: number}[]} levels what flags were judged against
   */
  show(lines, { from, to }, flags, spans, levels) {
    this.#chart.data.datasets = this.#chart.data.datasets.filter((dataset) => !dataset.level);
    const { datasets } = this.#chart.data;
    lines.forEach((points, index) => { datasets[index].data = points; });
    const limit = datasets.find((dataset) => dataset.limit);
    if (limit) {
      limit.data = [{ x: from, y: this.#limit.value }, { x: to, y: this.#limit.value }];
    }
    datasets.find((dataset) => dataset.flags).data =
        flags.map(({ time, text }) => ({ x: time, y: 0, text }));
    for (const dataset of datasets.filter((candidate) => candidate.span)) {
      dataset.data = spans
        .filter((span) => span.kind === dataset.span && span.to >= from && span.from <= to)
        .flatMap((span) => [{ x: span.from, y: null }, { x: span.to, y: null }]);
    }
    const values = lines.flat().map((point) => point.y ?? 0);
    const measured = values.reduce((a, b) => Math.max(a, b), this.#limit?.value ?? 0);
    const drawn = levels.filter(({ value }) => value <= FAR_ABOVE * measured);
    for (const [index, level] of drawn.entries()) {
      datasets.push({
        label: level.label,
        data: [{ x: Math.max(from, level.from), y: level.value }, { x: Math.min(to, level.to), y: level.value }],
        borderWidth: 1.5,
        borderDash: LEVEL_DASHES[index % LEVEL_DASHES.length],
        pointRadius: 0,
        pointHitRadius: 0,
        level: true,
      });
    }
    paint(datasets, this.#chart.options);
    const highest = drawn.reduce((a, { value }) => Math.max(a, value), measured);
    const lowest = values.reduce((a, b) => Math.min(a, b), 0);
    const step = valueStep(Math.max(highest, -lowest), this.#unit);
    const { x, y } = this.#chart.options.scales;
    x.min = from;
    x.max = to;
    y.ticks.stepSize = step;
    y.min = Math.floor(lowest / step) * step;
    y.max = Math.max(step, Math.ceil((highest * 1.02) / step) * step);
    this.#chart.update('none');
  }

  #options() {
    const unit = this.#unit;
    return {
      animation: false,
      maintainAspectRatio: false,
      parsing: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: {
          type: 'linear',
          grid: {},
          title: { display: true, text: 'time (UTC)' },
          ticks: {
            maxRotation: 0,
            autoSkip: false,
            callback(value) { return formatTime(value, this.max - this.min); },
          },
          afterBuildTicks(axis) {
            const most = Math.max(2, Math.floor(axis.chart.width / 90));
            axis.ticks = timeTicks(axis.min, axis.max, most).map((value) => ({ value }));
          },
        },
        y: {
          min: 0,
          grid: {},
          title: { display: true, text: unitTitle(unit) },
          ticks: { callback: (value) => formatValue(value, unit === 'cores' ? '1' : unit) },
        },
      },
      plugins: {
        colors: { enabled: false },
        legend: {
          position: 'bottom',
          align: 'start',
          labels: {
            usePointStyle: true,
            pointStyleWidth: 18,
            generateLabels: legend,
          },
        },
        tooltip: {
          callbacks: {
            title: (items) => (items.length === 0 ? '' : formatMoment(items[0].parsed.x)),
            label: ({ dataset, raw }) => (dataset.flags ? raw.text : `${dataset.label}: ${formatValue(raw.y, unit)}`),
          },
        },
      },
    };
  }
}

/** Gives everything the colours of the style sheet, in the scheme that is in force. */
function paint(datasets, { scales, plugins }) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  datasets.forEach((dataset, index) => {
    const special = dataset.limit || dataset.level ? '--limit' : dataset.flags ? '--bad' : SPANS[dataset.span]?.colour;
    const name = special ?? PALETTE[index % PALETTE.length];
    dataset.borderColor = colour(name);
    dataset.backgroundColor = colour(name);
  });
  for (const axis of [scales.x, scales.y]) {
    axis.grid.color = colour('--grid');
    axis.ticks.color = colour('--muted');
    axis.title.color = colour('--muted');
  }
  plugins.legend.labels.color = colour('--ink');
}

/** What has something to show: lines as lines, flags as the mark that they have in the chart. */
function legend(chart) {
  return window.Chart.defaults.plugins.legend.labels.generateLabels(chart)
    .filter((item) => chart.data.datasets[item.datasetIndex].data.length > 0)
    .map((item) => {
      const dataset = chart.data.datasets[item.datasetIndex];
      return { ...item, pointStyle: pointStyle(dataset), lineDash: dataset.borderDash ?? [] };
    });
}

function pointStyle({ flags, span }) {
  if (flags) {
    return 'triangle';
  }
  return span ? 'rect' : 'line';
}

/** A measured point between two gaps has no line to be seen by: it gets a dot. */
function loneDots({ dataset, dataIndex }) {
  const measured = (index) => (dataset.data[index]?.y ?? null) !== null;
  return measured(dataIndex) && !measured(dataIndex - 1) && !measured(dataIndex + 1) ? 2.5 : 0;
}

function unitTitle(unit) {
  return {
    '': 'number', B: 'bytes', 'B/s': 'bytes per second', '1/s': 'per second', share: 'percent', Cel: '°C', W: 'watts', s: 'seconds',
  }[unit] ?? unit;
}
