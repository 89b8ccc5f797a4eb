/** Judges recorded jobs from files, by the code that judges live ones. */
@NullMarked
package org.slotwarden.judging.replay;

import org.jspecify.annotations.NullMarked;
