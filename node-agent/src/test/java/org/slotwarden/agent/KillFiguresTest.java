package org.slotwarden.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.FakePortal.Reply;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.wire.v1.KillOrder;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.OrderResult.State;
import org.slotwarden.wire.v1.SignedOrder;
import org.slotwarden.wire.v1.SlotReport;

/**
 * That a kill is whole and touches nobody else, many times over by the real agent. {@code -Dkill.runs=1000}: as many as are
 * told in docs/benchmarks.md.
 */
@ExtendWith(Patience.class)
class KillFiguresTest {

    private static final Logger LOG = LoggerFactory.getLogger(KillFiguresTest.class);
    private static final int RUNS = Integer.getInteger("kill.runs", 10);
    private static final int AT_ONCE = 5;
    private static final int NEIGHBOURS = 7;
    private static final String NAME = "SLOTWARDEN_TEST_KILLS";

    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    private final Path root;
    private final FakePortal portal = new FakePortal();
    private final OrderSigner signer = new OrderSigner();
    private final AgentProcess agent;
    private final String run = Long.toString(System.nanoTime());
    private final List<Load> jobs = new ArrayList<>();
    private final List<String> marks = new ArrayList<>();

    KillFiguresTest(@TempDir Path root) throws Exception {
        this.root = root;
        this.agent = new AgentProcess(root, portal.url())
                .with("orders.key_file", signer.write(root.resolve("keys")))
                .with("sample_interval_seconds", 30)
                .with("evidence", "off");
        portal.behave(batch -> Reply.of(FakePortal.acknowledge(batch).toBuilder()
                .setAnsweredAtMs(System.currentTimeMillis())
                .build()));
    }

    @AfterEach
    void end() throws Exception {
        agent.close();
        portal.close();
        jobs.forEach(Load::close);
        for (String mark : marks) {
            Load.endMarked(mark);
        }
    }

    private String mark(String job) {
        return NAME + "=" + run + "." + job;
    }

    private Load job(String id, String program) throws IOException {
        Load job = Load.perl(program, Map.of(NAME, run + "." + id));
        jobs.add(job);
        marks.add(mark(id));
        agent.prologue(id, job, "environment_mark=" + mark(id), "uid=0");
        return job;
    }

    private String slot(String job) {
        return await().pollInterval(Duration.ofMillis(20))
                .until(
                        () -> portal.reports().stream()
                                .filter(report -> report.getJob().getJobId().equals(job))
                                .map(SlotReport::getSlotId)
                                .findFirst()
                                .orElse(""),
                        slot -> !slot.isEmpty());
    }

    private static Order.Builder order(String slot, String job, int grace) {
        return OrderSigner.to(slot, job).setKill(KillOrder.newBuilder().setGraceSeconds(grace));
    }

    private OrderResult result(Order.Builder order) {
        return await().pollInterval(Duration.ofMillis(20))
                .until(
                        () -> portal.results().stream()
                                .filter(result -> result.getOrderId() == order.getOrderId())
                                .reduce((one, next) -> next)
                                .orElse(OrderResult.getDefaultInstance()),
                        result -> result.getState() == State.DONE || result.getState() == State.FAILED);
    }

    @Test
    void fiveHundredProcessesThatHideAndIgnoreSigtermAreGoneTwoSecondsAfterTheGrace() throws Exception {
        agent.with("evidence", "full");
        // Each in a session of its own, without its parent, deaf to SIGTERM.
        job("500", """
                use POSIX; $SIG{TERM} = 'IGNORE';
                for (1..500) { if (fork == 0) { POSIX::setsid(); fork and exit; sleep 10000; exit } wait }
                open(F, '>', '%s'); sleep 10000""".formatted(root.resolve("ready")));
        agent.start();
        String slot = slot("500");
        await().until(() -> Files.exists(root.resolve("ready")));
        long began = System.nanoTime();
        Order.Builder order = order(slot, "500", 2);
        portal.order(signer.sign(order));
        OrderResult result = result(order);
        double seconds = (System.nanoTime() - began) / 1e9;

        assertThat(result.getState()).as(result.getDetail()).isEqualTo(State.DONE);
        assertThat(result.getKill().getProcesses()).isEqualTo(501);
        assertThat(result.getKill().getKilled()).isEqualTo(501);
        assertThat(result.getKill().getTookSeconds()).isBetween(2.0, 4.0);
        assertThat(Load.marked(mark("500"))).isEmpty();
        LOG.info(
                "501 processes: {} s from the first signal, {} s from the order",
                result.getKill().getTookSeconds(),
                seconds);
    }

    @Test
    void neighboursAreNotTouched() throws Exception {
        Path heard = root.resolve("heard");
        String program = """
                $h = sub { open(F, '>>', '%s'); print F "$$ $_[0]\\n"; close F; exit if $_[0] eq 'TERM' };
                $SIG{$_} = $h for qw(TERM CONT HUP INT USR1);
                for (1..3) { if (fork == 0) { setpgrp; fork and exit; sleep 10000 while 1 } }
                sleep 10000 while 1""";
        agent.start();
        Map<Integer, Long> neighbours = new TreeMap<>();
        for (int i = 0; i < NEIGHBOURS; i++) {
            String id = "n" + i;
            job(id, program.formatted(heard));
            await().until(() -> Load.marked(mark(id)).size() >= 4);
        }
        for (int i = 0; i < NEIGHBOURS; i++) {
            slot("n" + i);
            Load.marked(mark("n" + i)).forEach(pid -> neighbours.put(pid, startOf(pid)));
        }
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; seconds.size() < RUNS; round++) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                ids.add("r" + round + "-" + i);
                job(ids.getLast(), program.formatted(root.resolve("heard-by-victims")));
            }
            Map<String, Order.Builder> orders = new TreeMap<>();
            for (String id : ids) {
                await().pollInterval(Duration.ofMillis(20))
                        .until(() -> Load.marked(mark(id)).size() >= 4);
                orders.put(id, order(slot(id), id, round % 2));
            }
            long began = System.nanoTime();
            portal.order(orders.values().stream().map(signer::sign).toArray(SignedOrder[]::new));
            for (String id : ids) {
                OrderResult result = result(Objects.requireNonNull(orders.get(id)));
                seconds.add((System.nanoTime() - began) / 1e9 - round % 2);
                assertThat(result.getState()).as(result.getDetail()).isEqualTo(State.DONE);
                assertThat(result.getKill().getProcesses()).isEqualTo(4);
                assertThat(Load.marked(mark(id))).isEmpty();
                agent.epilogue(id, "exit_code=0");
            }
            neighbours.forEach((pid, start) ->
                    assertThat(startOf(pid)).as("neighbour %d", pid).isEqualTo(start));
        }
        assertThat(Files.exists(heard)).as("a neighbour heard a signal").isFalse();
        assertThat(neighbours.keySet().stream()
                        .map(pid -> ProcessStat.read(proc, Integer.toString(pid)))
                        .filter(stat -> stat != null && stat.state() == 'T'))
                .isEmpty();
        Collections.sort(seconds);
        LOG.info(
                "{} kills beside {} processes of {} neighbours: from the order to its result, without the grace,"
                        + " p50 {} s, p99 {} s, most {} s",
                seconds.size(),
                neighbours.size(),
                NEIGHBOURS,
                seconds.get(seconds.size() / 2),
                seconds.get(seconds.size() * 99 / 100),
                seconds.getLast());
    }

    private long startOf(int pid) {
        ProcessStat stat = ProcessStat.read(proc, Integer.toString(pid));
        return stat == null ? -1 : stat.startTicks();
    }
}
