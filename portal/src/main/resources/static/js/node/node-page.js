/** The page of one node: draws its charts, and keeps them current. */
import { SeriesCharts } from '../chart/series-charts.js';
import { follow, refresh } from '../live-page.js';

const REFRESH_MS = 15_000;

const charts = new SeriesCharts(document.querySelector('[data-node]'));

follow(() => Promise.all([refresh(), charts.update()]), () => REFRESH_MS);
