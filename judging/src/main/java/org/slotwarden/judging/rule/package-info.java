/**
 * Rules of a site: conditions that its admins write in CEL over the figures and facts of jobs, judged by the same code
 * live, in replay and when they are tried on history.
 */
@NullMarked
package org.slotwarden.judging.rule;

import org.jspecify.annotations.NullMarked;
