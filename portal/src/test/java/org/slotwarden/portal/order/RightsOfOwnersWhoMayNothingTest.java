package org.slotwarden.portal.order;

import java.util.Set;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/** The same where the site lets owners order nothing; a portal of its own, which ends with this class. */
@TestPropertySource(properties = "slotwarden.orders.owners=")
@DirtiesContext
class RightsOfOwnersWhoMayNothingTest extends RightsTest {

    @Override
    Set<String> owners() {
        return Set.of();
    }
}
