@NullMarked
package org.slotwarden.portal.job;

import org.jspecify.annotations.NullMarked;
