/** Follows what a job writes: asks for the parts that came since, until nothing more will come. */
import { follow, refresh } from '../live-page.js';

const PAUSE_MS = 1000;
/** Older lines leave the page, not the portal. */
const MOST_CHARACTERS = 1_000_000;

const output = document.getElementById('output');
const state = document.getElementById('output-state');
let known = 0;
let over = false;
let node;

/** The text of a part, with what has to be said before it. */
export function text(part, before) {
  const left = part.left_out_bytes > 0 ? `[${part.left_out_bytes} bytes left out]\n` : '';
  const from = before !== undefined && before !== part.node ? `[${part.node}]\n` : '';
  return from + left + part.text;
}

async function step() {
  const answer = await fetch(`${output.dataset.url}?after=${known}`, { redirect: 'error' });
  if (!answer.ok) {
    throw new Error(`the portal answers with status ${answer.status}.`);
  }
  const { parts, over: nothingMore } = await answer.json();
  const atEnd = output.scrollTop + output.clientHeight >= output.scrollHeight - 8;
  for (const part of parts) {
    output.append(text(part, node));
    node = part.node;
    known = part.id;
  }
  if (output.textContent.length > MOST_CHARACTERS) {
    output.textContent = output.textContent.slice(-MOST_CHARACTERS / 2);
  }
  if (atEnd && parts.length > 0) {
    output.scrollTop = output.scrollHeight;
  }
  over = nothingMore;
  if (over) {
    state.textContent = known === 0 ? 'Nothing came.' : 'No longer followed.';
  } else if (known > 0) {
    state.textContent = 'Live.';
  }
  await refresh();
}

follow(step, () => (over ? undefined : PAUSE_MS));
