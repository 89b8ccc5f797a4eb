package org.slotwarden.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerTest {

    @Test
    void aUidOfTheUpperHalfIsKnown(@TempDir Path folder) throws Exception {
        Files.setAttribute(folder, "unix:uid", (int) 3_000_000_000L, LinkOption.NOFOLLOW_LINKS);
        Object owner = Files.getAttribute(folder, "unix:uid");
        assertThat(Owner.is(owner, 3_000_000_000L)).isTrue();
        assertThat(Owner.is(owner, (int) 3_000_000_000L)).isFalse();
        assertThat(Owner.is(owner, 0)).isFalse();
        assertThat(Owner.is(null, 0)).isFalse();
    }
}
