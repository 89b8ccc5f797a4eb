/** The overview: keeps itself current, for a screen that nobody touches. */
import { follow, refresh } from '../live-page.js';

const REFRESH_MS = 15_000;

follow(refresh, () => REFRESH_MS);
