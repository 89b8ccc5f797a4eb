package org.slotwarden.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlotRemovalTest {

    /** As by kill -9: with the spool gone and a hand-over left, numbers would begin again at 1. */
    @Test
    void aRemovalCutOffBeforeTheReportsAreGoneLeavesNoSlot(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve(Slot.PROLOGUE), "x");
        Files.writeString(folder.resolve(Slot.EPILOGUE), "x");
        Files.createDirectories(folder.resolve("spool/cannot-be-deleted"));

        assertThatThrownBy(() -> Slot.delete(folder)).isInstanceOf(DirectoryNotEmptyException.class);

        assertThat(folder.resolve("spool")).exists();
        assertThat(folder.resolve(Slot.PROLOGUE)).doesNotExist();
        assertThat(folder.resolve(Slot.EPILOGUE)).doesNotExist();
    }
}
