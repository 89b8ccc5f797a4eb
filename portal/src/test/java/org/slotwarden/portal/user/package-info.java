@NullMarked
package org.slotwarden.portal.user;

import org.jspecify.annotations.NullMarked;
