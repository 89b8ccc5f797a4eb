/** The nodes of the site: what they are, whether they report, how busy they are, and their tokens. */
@NullMarked
package org.slotwarden.portal.node;

import org.jspecify.annotations.NullMarked;
