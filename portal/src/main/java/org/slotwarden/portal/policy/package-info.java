/** What is done about flags that stand: policies, the engine that follows them, and what they would have done. */
@NullMarked
package org.slotwarden.portal.policy;

import org.jspecify.annotations.NullMarked;
