@NullMarked
package org.slotwarden.portal.notice;

import org.jspecify.annotations.NullMarked;
