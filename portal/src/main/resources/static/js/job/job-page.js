/** The page of one job: draws its charts, and follows the job while it runs. */
import { SeriesCharts } from '../chart/series-charts.js';
import { formatMoment, pollDelay } from '../chart/series.js';
import { follow, refresh } from '../live-page.js';

const job = document.querySelector('[data-job]');
const charts = new SeriesCharts(job);

/** Flags as the page lists them. */
function flags() {
  return [...document.querySelectorAll('#flags [data-raised]')].map(({ dataset }) => ({
    time: Date.parse(dataset.raised),
    text: `${dataset.kind}, raised ${formatMoment(Date.parse(dataset.raised))}`,
  }));
}

/** Absent once the job has ended: then nothing will change any more. */
function pace() {
  const shown = document.getElementById('pace');
  return shown === null ? undefined : pollDelay(Number.parseFloat(shown.dataset.interval));
}

async function step() {
  if (pace() !== undefined) {
    await Promise.all([refresh(), charts.update(flags())]);
  } else {
    await charts.update(flags());
  }
}

follow(step, pace);
