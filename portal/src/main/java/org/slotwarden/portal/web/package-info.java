/** The pages: complete without JavaScript, except for the charts. Knows every module, and none knows it. */
@NullMarked
package org.slotwarden.portal.web;

import org.jspecify.annotations.NullMarked;
