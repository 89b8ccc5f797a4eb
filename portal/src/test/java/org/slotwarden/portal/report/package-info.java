@NullMarked
package org.slotwarden.portal.report;

import org.jspecify.annotations.NullMarked;
