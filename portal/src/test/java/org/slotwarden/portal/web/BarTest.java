package org.slotwarden.portal.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BarTest {

    @Test
    void withinTheRequestTheBarIsAsLongAsItsShare() {
        assertThat(Bar.of(1, 4, false)).isEqualTo(new Bar(25, 100, "within"));
    }

    @Test
    void aboveTheRequestTheBarIsFullAndTheMarkSaysWhereTheRequestEnds() {
        assertThat(Bar.of(4, 2, false)).isEqualTo(new Bar(100, 50, "over"));
    }

    @Test
    void allCoresUsedIsWell_allMemoryUsedIsNot() {
        assertThat(Bar.of(2, 2, false)).isNotNull().extracting(Bar::level).isEqualTo("within");
        assertThat(Bar.of(2, 2, true)).isNotNull().extracting(Bar::level).isEqualTo("near");
    }

    @Test
    void withoutARequestOrAMeasurementThereIsNoBar() {
        assertThat(Bar.of(null, 2, false)).isNull();
        assertThat(Bar.of(2, null, false)).isNull();
        assertThat(Bar.of(2, 0, false)).isNull();
    }
}
