package org.slotwarden.agent.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

@ResourceLock(Resources.SYSTEM_ERR)
class LineLoggerTest {

    @Test
    void timesHaveMillisecondsAlways() {
        assertThat(LineLogger.time(Instant.parse("2026-11-22T02:26:19.974123Z")))
                .isEqualTo("2026-11-22T02:26:19.974Z");
        assertThat(LineLogger.time(Instant.parse("2026-11-22T02:26:19Z"))).isEqualTo("2026-11-22T02:26:19.000Z");
        assertThat(LineLogger.time(Instant.parse("2026-11-22T02:00:00Z"))).isEqualTo("2026-11-22T02:00:00.000Z");
        assertThat(LineLogger.time(Instant.parse("2026-11-22T02:26:19.100Z"))).isEqualTo("2026-11-22T02:26:19.100Z");
    }

    @Test
    void aLineHasTimeLevelClassAndText() {
        assertThat(logged(log -> log.warn("{} of {}", 1, "two")))
                .matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]{12}Z WARN LineLoggerTest - 1 of two\\R");
    }

    @Test
    void anExceptionFollowsItsLine() {
        assertThat(logged(log -> log.error("slot {} cannot be sampled", 7, new IllegalStateException("odd"))))
                .contains(
                        "ERROR LineLoggerTest - slot 7 cannot be sampled\njava.lang.IllegalStateException: odd\n\tat ");
    }

    @Test
    void whatIsForDebuggingIsLeftOut() {
        assertThat(logged(log -> log.debug("not this"))).isEmpty();
    }

    @Test
    void moreIsWrittenForAsLongAsSomebodyWantsIt_andTheMostDetailedCounts() {
        LogDetail debug = LogDetail.begin(Level.DEBUG);
        LogDetail trace = LogDetail.begin(Level.TRACE);
        try {
            assertThat(logged(log -> log.trace("fine"))).contains("TRACE LineLoggerTest - fine");
            trace.over();
            trace.over();
            assertThat(logged(log -> log.trace("fine"))).isEmpty();
            assertThat(logged(log -> log.debug("coarse"))).contains("DEBUG LineLoggerTest - coarse");
        } finally {
            trace.over();
            debug.over();
        }
        assertThat(logged(log -> log.debug("coarse"))).isEmpty();
    }

    private static String logged(Consumer<Logger> words) {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            words.accept(LoggerFactory.getLogger(LineLoggerTest.class));
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
