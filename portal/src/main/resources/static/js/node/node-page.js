/** The page of one node: draws its charts, and keeps them current. */
import { SeriesCharts } from '../chart/series-charts.js';
import { refresh, whileVisible } from '../live-page.js';

const REFRESH_MS = 15_000;

const trouble = document.getElementById('chart-trouble');
const charts = new SeriesCharts(document.querySelector('[data-node]'));

async function step() {
  try {
    await Promise.all([refresh(), charts.update()]);
    trouble.hidden = true;
  } catch (problem) {
    trouble.textContent = `Charts and figures are not current: ${problem.message}`;
    trouble.hidden = false;
  }
}

whileVisible(step, () => REFRESH_MS);
