@NullMarked
package org.slotwarden.portal.evidence;

import org.jspecify.annotations.NullMarked;
