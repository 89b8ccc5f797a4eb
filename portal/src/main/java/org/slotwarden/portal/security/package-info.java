/** Who may do what: log-in, bearer tokens, the rules per URL, headers. Nobody else decides on access to a URL. */
@NullMarked
package org.slotwarden.portal.security;

import org.jspecify.annotations.NullMarked;
