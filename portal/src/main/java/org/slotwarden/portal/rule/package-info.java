/** Rules of the site: what admins write, its versions, who did what, what it would have flagged, what is live. */
@NullMarked
package org.slotwarden.portal.rule;

import org.jspecify.annotations.NullMarked;
