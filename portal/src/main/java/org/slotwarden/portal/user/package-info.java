/**
 * Who may log in: accounts and their API tokens. A batch user is a name on a job, and the account of
 * the same name sees those jobs.
 */
@NullMarked
package org.slotwarden.portal.user;

import org.jspecify.annotations.NullMarked;
