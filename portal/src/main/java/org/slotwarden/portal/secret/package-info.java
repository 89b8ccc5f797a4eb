/**
 * Secrets that the portal makes itself: random tokens and passwords, what is stored of them, and files only it may
 * read; and the seal on those of others.
 */
@NullMarked
package org.slotwarden.portal.secret;

import org.jspecify.annotations.NullMarked;
