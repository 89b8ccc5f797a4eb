@NullMarked
package org.slotwarden.agent.evidence;

import org.jspecify.annotations.NullMarked;
