package org.slotwarden.portal.order;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/** The same where the site lets owners order all; a portal of its own, which ends with this class. */
@TestPropertySource(properties = "slotwarden.orders.owners=kill,look,tail,interval,log-level")
@DirtiesContext
class RightsOfOwnersWhoMayAllTest extends RightsTest {

    @Override
    Set<String> owners() {
        return Arrays.stream(OrderKind.values()).map(OrderKind::kindName).collect(Collectors.toSet());
    }
}
