package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.storage.JobHolding;
import org.slotwarden.portal.storage.StorageQueries;

class MoversHeldTest {

    private final StorageQueries storage = mock(StorageQueries.class);
    private final MoversHeld held = new MoversHeld(storage);

    @Test
    void aHoardIsToldWithItsShareOfTheQueueAndWhatLiesIdle() {
        when(storage.holdings(7))
                .thenReturn(List.of(
                        new JobHolding("dcache", "pool_b", "regular", 9, 3, 0, 12, 12, 5),
                        new JobHolding("dcache", "pool_a", "regular", 1, 0, 0, 1, 6, 0)));
        assertThat(held.with("Storage movers rose from 1 to 10", 7))
                .isEqualTo(
                        "Storage movers rose from 1 to 10; holds 9 of the 12 movers in use (75 %) of queue regular on"
                                + " pool_b, 12 at most, for which 5 wait; 3 of its own lie idle");
    }

    @Test
    void whatIsNotKnownIsNotTold() {
        when(storage.holdings(7))
                .thenReturn(List.of(new JobHolding("dcache", "pool_b", "regular", 2, 0, 0, null, null, null)));
        assertThat(held.with("Rose", 7)).isEqualTo("Rose; holds 2 movers of queue regular on pool_b");
        assertThat(held.with("Rose", 8)).isEqualTo("Rose");
    }

    @Test
    void aQueueThatWasReadBeforeTheMoversMakesNoShareAboveAll() {
        when(storage.holdings(7)).thenReturn(List.of(new JobHolding("dcache", "pool_b", "regular", 5, 1, 0, 4, 6, 0)));
        assertThat(held.with("Rose", 7))
                .isEqualTo("Rose; holds 5 movers of queue regular on pool_b, 6 at most; 1 of its own lies idle");
    }
}
