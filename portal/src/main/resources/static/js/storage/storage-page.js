/** Pages of the storage: keep themselves current and, where there are charts, draw them with one time axis. */
import { SeriesCharts } from '../chart/series-charts.js';
import { follow, refresh } from '../live-page.js';

const REFRESH_MS = 10_000;

const charts = [...document.querySelectorAll('[data-series-url]')].map((root) => new SeriesCharts(root));

/** The job that the page is about stays the same, whoever holds most when it is asked for again. */
function keepJob() {
  const { job } = document.querySelector('article').dataset;
  const here = new URL(location.href);
  if (job !== undefined && !here.searchParams.has('job')) {
    here.searchParams.set('job', job);
    history.replaceState(null, '', here);
  }
}

/** When all movers of the queue were in use and others waited, as the page lists it. */
function full() {
  return [...document.querySelectorAll('#full [data-from]')].map(({ dataset }) => ({
    from: Date.parse(dataset.from),
    to: dataset.to ? Date.parse(dataset.to) : Date.now(),
    kind: 'full',
  }));
}

async function draw() {
  let shown;
  for (const some of charts) {
    await some.update([], full(), shown);
    shown ??= some.range;
  }
}

keepJob();
follow(() => Promise.all([refresh(), draw()]), () => REFRESH_MS);
