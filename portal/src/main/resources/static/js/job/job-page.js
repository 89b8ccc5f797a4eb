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

/** Stretches of time that the page lists: where samples are thinned, and where they are finer. */
function spans() {
  return [...document.querySelectorAll('#spans [data-from]')].map(({ dataset }) => ({
    from: Date.parse(dataset.from),
    to: Date.parse(dataset.to),
    kind: dataset.kind,
  }));
}

/** Which charts the server would show now. */
function chartsShown() {
  return document.getElementById('charts-shown').textContent;
}

/** Absent once the job has ended: then nothing will change any more. */
function pace() {
  const shown = document.getElementById('pace');
  return shown === null ? undefined : pollDelay(Number.parseFloat(shown.dataset.interval));
}

async function step() {
  if (pace() !== undefined) {
    const shown = chartsShown();
    await Promise.all([refresh(), charts.update(flags(), spans())]);
    if (chartsShown() !== shown) {
      // Something was measured for the first time: the page has a chart more.
      location.reload();
    }
  } else {
    await charts.update(flags(), spans());
  }
}

follow(step, pace);
