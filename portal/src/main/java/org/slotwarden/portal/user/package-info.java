/** Login accounts, their API tokens, and who is looking. */
@NullMarked
package org.slotwarden.portal.user;

import org.jspecify.annotations.NullMarked;
