package org.slotwarden.agent.probe;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessStatTest {

    private static final String REST = " S 4242 4711 4700 34816 4800 4194304 100 200 3 4 "
            + "1234 567 89 10 20 0 7 0 123456789 1000000 250 18446744073709551615 1 1 0 0 0\n";

    private static @Nullable ProcessStat parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ProcessStat.parse(bytes, bytes.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "a b", "x) S 1 1 1 (y", "new\nline", "((", "))", "", "😀"})
    void readsPastAnyName(String name) {
        ProcessStat stat = parse("99 (" + name + ")" + REST);
        assertThat(stat)
                .isEqualTo(new ProcessStat(99, name, 'S', 4242, 4700, 1234, 567, 89, 10, 3, 4, 7, 123456789, 250));
    }

    @Test
    void everyCutOffTextIsNothing() {
        String whole = "99 (bash)" + REST;
        int lastField = whole.indexOf(" 250 ") + " 250".length();
        for (int length = 0; length <= lastField; length++) {
            assertThat(parse(whole.substring(0, length)))
                    .as("first %d bytes", length)
                    .isNull();
        }
        assertThat(parse(whole.substring(0, lastField + 1))).isNotNull();
    }

    @Test
    void whatIsNoNumberIsNothing() {
        assertThat(parse("99 (bash)" + REST.replace("1234 ", "12x4y "))).isNotNull();
        assertThat(parse("99 (bash)" + REST.replace(" 1234 ", " x "))).isNull();
        assertThat(parse("99 (bash)" + REST.replace("123456789", "99999999999999999999")))
                .isNull();
    }

    @Test
    void aPidUsedAgainIsAnotherProcess() {
        ProcessStat first = parse("99 (bash)" + REST);
        ProcessStat second = parse("99 (bash)" + REST.replace("123456789", "123456790"));
        ProcessStat renamed = parse("99 (zsh)" + REST);
        assertThat(requireNonNull(first).sameProcess(requireNonNull(second))).isFalse();
        assertThat(first.sameProcess(requireNonNull(renamed))).isTrue();
    }

    @Test
    void readsOurselves() {
        ProcessStat self = requireNonNull(ProcessStat.read(new ProcFiles(Path.of("/proc")), "self"));
        assertThat(self.pid()).isEqualTo((int) ProcessHandle.current().pid());
        assertThat(self.threads()).isGreaterThan(1);
        assertThat(ProcessStat.read(new ProcFiles(Path.of("/proc")), -1)).isNull();
    }
}
