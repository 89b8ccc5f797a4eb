@NullMarked
package org.slotwarden.portal.security;

import org.jspecify.annotations.NullMarked;
