@NullMarked
package org.slotwarden.portal.secret;

import org.jspecify.annotations.NullMarked;
