@NullMarked
package org.slotwarden.portal.api;

import org.jspecify.annotations.NullMarked;
