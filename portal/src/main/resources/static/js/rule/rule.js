/** Says while a rule is typed whether it could be saved, and follows a trial that runs. */
import { refresh, whileVisible } from '../live-page.js';
import { pointed } from './place.js';

const PAUSE = 400;
const form = document.querySelector('form.rule');
const check = document.getElementById('check');
let timer;
let asked = 0;

async function look() {
  const expression = form.elements.expression.value;
  if (expression.trim() === '') {
    check.hidden = true;
    return;
  }
  const turn = ++asked;
  const answer = await fetch('/api/v1/rules/check', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-TOKEN': form.elements._csrf.value },
    body: JSON.stringify({ name: 'A rule', expression }),
  });
  if (turn !== asked) {
    return;
  }
  if (!answer.ok) {
    throw new Error(`the portal answers with status ${answer.status}.`);
  }
  const checked = await answer.json();
  check.textContent = checked.valid ? 'The condition can be saved.' : pointed(expression.trim(), checked);
  check.classList.toggle('bad', !checked.valid);
  check.hidden = false;
}

form?.elements.expression.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(() => look().catch(() => (check.hidden = true)), PAUSE);
});

const trial = document.getElementById('trial');
if (trial?.dataset.running === 'true') {
  whileVisible(
    async () => {
      await refresh();
      if (trial.querySelector('form') === null) {
        // What comes with its end is all over the page.
        location.reload();
      }
    },
    () => 2000,
  );
}
