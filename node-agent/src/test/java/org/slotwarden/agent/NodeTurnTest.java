package org.slotwarden.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTurnTest {

    @Test
    void whereTheLockCannotBeMadeTheNodeIsReportedAndTheLockComesLater(@TempDir Path folder) throws Exception {
        Path shared = folder.resolve("missing");
        try (NodeTurn turn = new NodeTurn(shared)) {
            assertThat(turn.isOurs()).isTrue();
            assertThat(turn.isOurs()).isTrue();
            Files.createDirectory(shared);
            assertThat(turn.isOurs()).isTrue();
            assertThat(shared.resolve("node.lock")).isRegularFile();
        }
    }
}
