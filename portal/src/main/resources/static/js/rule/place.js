/** Shows where in a text something is wrong. */

const BEFORE = 60;
const AFTER = 40;

/** The line with the problem, a mark below its place, and what is wrong. */
export function pointed(text, problem) {
  const line = problem.line === undefined ? undefined : text.split('\n')[problem.line - 1];
  if (line === undefined) {
    return String(problem.detail);
  }
  const column = Math.min(problem.column - 1, line.length);
  const from = Math.max(0, column - BEFORE);
  const shown = line.slice(from, column + AFTER).replaceAll('\t', ' ');
  return `${shown}\n${' '.repeat(column - from)}^\n${problem.detail}`;
}
