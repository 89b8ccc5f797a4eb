@NullMarked
package org.slotwarden.judging.rule;

import org.jspecify.annotations.NullMarked;
