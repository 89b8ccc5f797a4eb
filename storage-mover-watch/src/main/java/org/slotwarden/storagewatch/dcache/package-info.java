/** dCache: its frontend for administrators, the pages of its old httpd, and what their answers mean. */
@NullMarked
package org.slotwarden.storagewatch.dcache;

import org.jspecify.annotations.NullMarked;
