/**
 * Judges jobs sample by sample: the same code live and in replay. Knows no database, no clock, no network. Times are
 * seconds, sizes are bytes, and {@code NaN} says that a figure is not known: it is never taken for zero.
 */
@NullMarked
package org.slotwarden.judging;

import org.jspecify.annotations.NullMarked;
