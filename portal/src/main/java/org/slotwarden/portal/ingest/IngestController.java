package org.slotwarden.portal.ingest;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slotwarden.portal.node.Complaints;
import org.slotwarden.portal.node.ReportingNode;
import org.slotwarden.portal.storage.NodeAddresses;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.ReportBatch;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where agents post their batches, as {@code report.proto} says. */
@RestController
class IngestController {

    private static final long MOST_DISCARDED = 256L << 20;

    /** Agents wait 30 s. What is stored afterwards is found when it comes again. */
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(25);

    private static final Duration TURN_WITHIN = Duration.ofSeconds(20);

    private static final Duration SLOW = Duration.ofSeconds(10);

    private final ReadingTurns turns =
            new ReadingTurns(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), TURN_WITHIN);

    private final Lanes lanes;
    private final Admission admission;
    private final IngestMeters meters;
    private final Complaints complaints;
    private final NodeAddresses addresses;
    private final Clock clock;

    IngestController(
            Lanes lanes,
            Admission admission,
            IngestMeters meters,
            Complaints complaints,
            NodeAddresses addresses,
            Clock clock) {
        this.lanes = lanes;
        this.admission = admission;
        this.meters = meters;
        this.complaints = complaints;
        this.addresses = addresses;
        this.clock = clock;
    }

    @PostMapping(path = WireContract.REPORTS_PATH, consumes = WireContract.CONTENT_TYPE)
    ResponseEntity<byte[]> report(@AuthenticationPrincipal ReportingNode node, HttpServletRequest request)
            throws IOException {
        try {
            if (request.getContentLengthLong() > WireContract.MAX_BATCH_BYTES) {
                throw BatchReader.tooLarge("The body is larger than " + WireContract.MAX_BATCH_BYTES + " bytes");
            }
            return ResponseEntity.ok()
                    .contentType(MediaType.parseMediaType(WireContract.CONTENT_TYPE))
                    .body(store(node, request).toByteArray());
        } catch (BatchRefused e) {
            meters.wasRefused();
            complaints.about(node.name(), "nothing of a request was stored: " + e.why());
            discard(request.getInputStream());
            throw e;
        } catch (Busy e) {
            meters.wasBusy();
            throw e;
        } catch (DataAccessException e) {
            meters.hasFailed();
            throw e;
        }
    }

    private ReportAnswer store(ReportingNode node, HttpServletRequest request) throws IOException {
        var room = admission.admit(node.id(), request.getContentLengthLong());
        CompletableFuture<ReportAnswer> stored;
        try {
            addresses.heard(node.id(), request.getRemoteAddr());
            byte[] body = BatchReader.body(request.getInputStream(), room::grow);
            meters.came(body.length);
            stored = lanes.put(turns.inTurn(node.id(), () -> contents(node, body, request, room)));
        } catch (IOException | RuntimeException | Error e) {
            room.close();
            throw e;
        }
        // It takes room until it is stored, whether somebody waits for it or not.
        CompletableFuture<ReportAnswer> answer = stored.whenComplete((done, failure) -> {
            if (failure == null) {
                room.stored();
            }
            room.close();
        });
        return await(answer);
    }

    private Contents contents(ReportingNode node, byte[] body, HttpServletRequest request, Admission.Room room) {
        ReportBatch batch = BatchReader.read(body, request.getHeader(HttpHeaders.CONTENT_ENCODING), room::grow);
        return Contents.of(node, batch, check(node, batch), complaints);
    }

    private ReportAnswer await(CompletableFuture<ReportAnswer> answer) {
        try {
            return answer.get(ANSWERED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            admission.notHeard(ANSWERED_WITHIN);
            throw new Busy("The database is slow: come back later", SLOW);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Busy("The portal stops", SLOW);
        }
    }

    /** Asks an agent to come back later (RFC 9110, 15.6.4). */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> busy(Busy e) {
        long seconds = Math.max(1, Math.ceilDiv(e.comeBackIn().toMillis(), 1000));
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .header(HttpHeaders.RETRY_AFTER, String.valueOf(seconds))
                .body(ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, e.getMessage()));
    }

    /** Takes the rest of a refused body: a client still sending would find a closed connection, not the answer. */
    private static void discard(InputStream rest) throws IOException {
        byte[] bytes = new byte[8192];
        for (long taken = 0; taken < MOST_DISCARDED; ) {
            int read = rest.read(bytes);
            if (read < 0) {
                return;
            }
            taken += read;
        }
    }

    /** @return when the batch was sent, by the node's clock */
    private Instant check(ReportingNode node, ReportBatch batch) {
        if (batch.getContractVersion() < 1) {
            throw new BatchRefused(HttpStatus.BAD_REQUEST, "contract_version is missing: this is no report batch");
        }
        if (batch.getContractVersion() > WireContract.VERSION) {
            throw new BatchRefused(
                    HttpStatus.BAD_REQUEST,
                    "contract_version may be " + WireContract.VERSION + " at most: the portal is older than the agent");
        }
        if (!batch.getNode().equals(node.name())) {
            throw new BatchRefused(HttpStatus.FORBIDDEN, "The token belongs to another node than the batch");
        }
        Instant sentAt = Instant.ofEpochMilli(batch.getSentAtMs());
        if (sentAt.isBefore(SlotReader.EARLIEST)
                || sentAt.isAfter(clock.instant().plus(SlotReader.AHEAD))) {
            throw new BatchRefused(
                    HttpStatus.BAD_REQUEST,
                    "sent_at_ms is before the year 2000 or in the future: set the node's clock");
        }
        return sentAt;
    }
}
