package org.slotwarden.portal.ingest;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.evidence.SlotEvidence;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.FileEvidence;
import org.slotwarden.wire.v1.HostEvidence;
import org.slotwarden.wire.v1.OutputEvidence;
import org.slotwarden.wire.v1.ProcessEvidence;
import org.slotwarden.wire.v1.SocketCount;
import org.slotwarden.wire.v1.ThreadEvidence;

/**
 * Checks evidence. Whatever is more than the contract allows is left out, whatever cannot be is absent, and texts lose
 * what could steer a terminal or turn round what stands beside them: users wrote them, to be read by admins.
 */
final class EvidenceReader {

    /** What programs write to colour their output (ECMA-48 control sequences, and titles of windows). */
    private static final Pattern ESCAPES = Pattern.compile(
            "\\x1B\\[[0-?]{0,64}[ -/]{0,16}[@-~]|\\x1B\\][^\\x07\\x1B\\n]{0,512}(?:\\x07|\\x1B\\\\)|\\x1B[@-_]");

    private static final Pattern LINE_ENDS = Pattern.compile("\\r?\\n|\\r");
    private static final int LONGEST_LINE = 1000;
    private static final int NAME = 64;
    private static final int ADDRESS = 64;

    /** As the kernel numbers them (include/net/tcp_states.h). */
    private static final Map<Integer, String> STATES = Map.ofEntries(
            Map.entry(1, "established"),
            Map.entry(2, "SYN sent"),
            Map.entry(3, "SYN received"),
            Map.entry(4, "FIN wait 1"),
            Map.entry(5, "FIN wait 2"),
            Map.entry(6, "time wait"),
            Map.entry(7, "closed"),
            Map.entry(8, "close wait"),
            Map.entry(9, "last ACK"),
            Map.entry(10, "listening"),
            Map.entry(11, "closing"));

    private final Figures figures;

    private EvidenceReader(Figures figures) {
        this.figures = figures;
    }

    /** @param takenAt checked */
    static SlotEvidence read(Evidence evidence, Instant takenAt, Figures figures) throws ReportRefused {
        // Twice: an agent that counts otherwise is no reason to lose what it has.
        if (evidence.getSerializedSize() > 2 * WireContract.MAX_EVIDENCE_BYTES) {
            throw new ReportRefused("evidence is larger than " + 2 * WireContract.MAX_EVIDENCE_BYTES + " bytes");
        }
        return new EvidenceReader(figures).read(evidence, takenAt);
    }

    private SlotEvidence read(Evidence evidence, Instant takenAt) {
        return new SlotEvidence(
                evidence.getRequestId(),
                takenAt,
                count(evidence.hasProcessesFound(), evidence.getProcessesFound()),
                figures.seconds(
                        evidence.hasMeasuredOverSeconds(), evidence.getMeasuredOverSeconds(), "measured_over_seconds"),
                some(evidence.getProcessesList(), WireContract.MAX_EVIDENCE_PROCESSES, one -> process(one, takenAt)),
                count(evidence.hasFilesFound(), evidence.getFilesFound()),
                some(evidence.getFilesList(), WireContract.MAX_EVIDENCE_ROWS, this::file),
                count(evidence.hasHostsFound(), evidence.getHostsFound()),
                some(evidence.getHostsList(), WireContract.MAX_EVIDENCE_ROWS, EvidenceReader::host),
                evidence.hasStandardOutput() ? output(evidence.getStandardOutput()) : null,
                evidence.hasStandardError() ? output(evidence.getStandardError()) : null,
                some(evidence.getThreadsList(), WireContract.MAX_EVIDENCE_THREADS, EvidenceReader::thread),
                count(evidence.hasThreadsFound(), evidence.getThreadsFound()),
                some(
                        evidence.getGapsList(),
                        WireContract.MAX_EVIDENCE_GAPS,
                        gap -> line(gap, WireContract.MAX_EVIDENCE_GAP_BYTES)));
    }

    private static <F, T> List<T> some(List<F> from, int most, Function<F, T> each) {
        return from.stream().limit(most).map(each).toList();
    }

    private @Nullable Integer count(boolean there, int value) {
        return figures.count(there, value, "count of evidence");
    }

    private SlotEvidence.Member process(ProcessEvidence process, Instant takenAt) {
        Instant started = Instant.ofEpochMilli(process.getStartedAtMs());
        return new SlotEvidence.Member(
                Math.max(0, process.getPid()),
                Math.max(0, process.getParent()),
                process.hasStartedAtMs()
                                && started.isAfter(SlotReader.EARLIEST)
                                && !started.isAfter(takenAt.plus(SlotReader.AHEAD))
                        ? started
                        : null,
                line(process.getName(), NAME),
                line(process.getState(), 1),
                figures.seconds(process.hasCpuSeconds(), process.getCpuSeconds(), "cpu_seconds"),
                figures.seconds(process.hasCoresUsed(), process.getCoresUsed(), "cores_used"),
                figures.bytes(process.hasMemoryRssBytes(), process.getMemoryRssBytes(), "memory_rss_bytes"),
                count(process.hasThreads(), process.getThreads()),
                count(process.hasOpenFiles(), process.getOpenFiles()),
                process.hasCommandLine() ? line(process.getCommandLine(), WireContract.MAX_EVIDENCE_TEXT_BYTES) : null,
                process.hasExecutable() ? line(process.getExecutable(), WireContract.MAX_EVIDENCE_TEXT_BYTES) : null);
    }

    private static SlotEvidence.Waiting thread(ThreadEvidence thread) {
        return new SlotEvidence.Waiting(
                Math.max(0, thread.getPid()),
                Math.max(0, thread.getTid()),
                line(thread.getName(), NAME),
                line(thread.getState(), 1),
                thread.hasWaitChannel() ? line(thread.getWaitChannel(), WireContract.MAX_FUNCTION_BYTES) : null,
                thread.hasSystemCall() ? (Integer) Math.max(0, thread.getSystemCall()) : null,
                some(
                        thread.getStackList(),
                        WireContract.MAX_STACK_FUNCTIONS,
                        function -> line(function, WireContract.MAX_FUNCTION_BYTES)));
    }

    private SlotEvidence.OpenFile file(FileEvidence file) {
        return new SlotEvidence.OpenFile(
                line(file.getPath(), WireContract.MAX_EVIDENCE_TEXT_BYTES),
                figures.bytes(file.hasSizeBytes(), file.getSizeBytes(), "size_bytes"),
                file.getDeleted(),
                count(true, file.getProcesses()));
    }

    private static SlotEvidence.Host host(HostEvidence host) {
        return new SlotEvidence.Host(
                host.getKind() == SocketCount.Kind.UDP ? "udp" : "tcp",
                host.getHost().isEmpty() ? null : line(host.getHost(), ADDRESS),
                Math.clamp(host.getPort(), 0, 65_535),
                STATES.get(host.getState()),
                host.getIncoming(),
                Math.max(0, host.getCount()));
    }

    private SlotEvidence.Output output(OutputEvidence output) {
        ByteString tail = output.getTail();
        String text = tail.substring(Math.max(0, tail.size() - WireContract.MAX_EVIDENCE_OUTPUT_BYTES))
                .toString(StandardCharsets.UTF_8);
        String[] lines = LINE_ENDS.split(ESCAPES.matcher(text).replaceAll(""));
        int from = Math.max(0, lines.length - WireContract.MAX_EVIDENCE_OUTPUT_LINES);
        return new SlotEvidence.Output(
                line(output.getPath(), WireContract.MAX_EVIDENCE_TEXT_BYTES),
                figures.bytes(output.hasSizeBytes(), output.getSizeBytes(), "size_bytes"),
                text.isEmpty()
                        ? List.of()
                        : List.of(lines).subList(from, lines.length).stream()
                                .map(one -> line(one.replace("\t", "    "), LONGEST_LINE))
                                .toList());
    }

    /** One line without anything that does not stand for itself; at most so many characters. */
    static String line(String text, int most) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), most));
        ESCAPES.matcher(text)
                .replaceAll("")
                .codePoints()
                .limit(most)
                .forEach(c -> clean.appendCodePoint(isPlain(c) ? c : 0xFFFD));
        return clean.toString();
    }

    private static boolean isPlain(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
