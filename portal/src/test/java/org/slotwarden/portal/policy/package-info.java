@NullMarked
package org.slotwarden.portal.policy;

import org.jspecify.annotations.NullMarked;
