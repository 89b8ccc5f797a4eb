import { follow, refresh } from '../live-page.js';

follow(refresh, () => 5000);
