@NullMarked
package org.slotwarden.portal.web;

import org.jspecify.annotations.NullMarked;
