@NullMarked
package org.slotwarden.judging.replay;

import org.jspecify.annotations.NullMarked;
