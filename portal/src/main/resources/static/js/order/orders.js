/** The page of a job's orders: keeps what became of them current. */
import { follow, refresh } from '../live-page.js';

const PAUSE_MS = 2000;

follow(refresh, () => PAUSE_MS);
