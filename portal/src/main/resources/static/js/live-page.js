/** Keeps a page current: takes over what the server would show now, piece by piece. */

/** The version of the page that is shown, as the portal calls it. */
let shownVersion;

/**
 * Asks for this very page again and takes the contents of every element marked `data-live` from it.
 * Elements that are the same stay untouched, so that focus and selection survive. The portal is told which version is
 * shown: when it still is the current one, nothing more comes.
 *
 * @throws {Error} when the portal does not answer, or no longer with this page
 */
export async function refresh() {
  const headers = { Accept: 'text/html', ...(shownVersion && { 'If-None-Match': shownVersion }) };
  const answer = await fetch(location.href, { headers, redirect: 'error' });
  if (answer.status === 304) {
    return;
  }
  if (!answer.ok) {
    throw new Error(`the portal answers with status ${answer.status}.`);
  }
  const now = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const shown of document.querySelectorAll('[data-live]')) {
    const current = now.getElementById(shown.id);
    if (current !== null && shown.innerHTML !== current.innerHTML) {
      shown.replaceChildren(...current.childNodes);
    }
  }
  shownVersion = answer.headers.get('ETag') ?? undefined;
}

/** Calls `step` again and again, `delay()` milliseconds after it ended, but never while nobody looks. */
export function whileVisible(step, delay) {
  let timer;
  let running = false;
  const next = async () => {
    if (running) {
      return;
    }
    running = true;
    clearTimeout(timer);
    await step();
    running = false;
    const wait = delay();
    if (wait !== undefined && !document.hidden) {
      timer = setTimeout(next, wait);
    }
  };
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (!document.hidden && delay() !== undefined) {
      next();
    }
  });
  next();
}

/** As `whileVisible`; a step that fails is said in the element `trouble` until one succeeds. */
export function follow(step, delay) {
  const trouble = document.getElementById('trouble');
  whileVisible(async () => {
    try {
      await step();
      trouble.hidden = true;
    } catch (problem) {
      trouble.textContent = `This page is not current: ${problem.message}`;
      trouble.hidden = false;
    }
  }, delay);
}
