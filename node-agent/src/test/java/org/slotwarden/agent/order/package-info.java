@NullMarked
package org.slotwarden.agent.order;

import org.jspecify.annotations.NullMarked;
