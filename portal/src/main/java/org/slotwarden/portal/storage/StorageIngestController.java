package org.slotwarden.portal.storage;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.node.Complaints;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.StorageAnswer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where storage watches post their reports, as {@code storage.proto} says. One is stored at a time. */
@RestController
class StorageIngestController {

    private static final long MOST_DISCARDED = 64L << 20;
    private static final int TURN_WITHIN_SECONDS = 10;
    private static final String COME_BACK_SECONDS = "15";

    private final Semaphore turn = new Semaphore(1, true);

    /** Ids of watches whose report is being read or stored. */
    private final Set<Long> reading = ConcurrentHashMap.newKeySet();

    private final LookStore store;
    private final Complaints complaints;
    private final Timer stored;
    private final Clock clock;

    StorageIngestController(LookStore store, Complaints complaints, MeterRegistry registry, Clock clock) {
        this.store = store;
        this.complaints = complaints;
        this.clock = clock;
        this.stored = Timer.builder("slotwarden.storage.reports")
                .description("Reports of storage watches that were stored, from when it had come to the commit")
                .register(registry);
    }

    /** There is no turn in time. */
    private static final class Busy extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Busy() {
            super("Another report is being stored: come back later", null, false, false);
        }
    }

    @PostMapping(path = WireContract.STORAGE_PATH, consumes = WireContract.CONTENT_TYPE)
    ResponseEntity<byte[]> report(@AuthenticationPrincipal ReportingWatch watch, HttpServletRequest request)
            throws IOException {
        try {
            if (request.getContentLengthLong() > WireContract.MAX_BATCH_BYTES) {
                throw new ReportRefused(
                        HttpStatus.CONTENT_TOO_LARGE,
                        "The body is larger than " + WireContract.MAX_BATCH_BYTES + " bytes");
            }
            return ResponseEntity.ok()
                    .contentType(MediaType.parseMediaType(WireContract.CONTENT_TYPE))
                    .body(alone(watch, request).toByteArray());
        } catch (ReportRefused e) {
            complaints.about("storage " + watch.name(), "nothing of a report was stored: " + e.why());
            discard(request.getInputStream());
            throw e;
        }
    }

    /** A slow sender holds up nobody but itself: its report is read before its turn, one of each watch. */
    private StorageAnswer alone(ReportingWatch watch, HttpServletRequest request) throws IOException {
        if (!reading.add(watch.id())) {
            throw new Busy();
        }
        try {
            return inTurn(
                    watch,
                    StorageBody.received(request.getInputStream()),
                    request.getHeader(HttpHeaders.CONTENT_ENCODING));
        } finally {
            reading.remove(watch.id());
        }
    }

    private StorageAnswer inTurn(ReportingWatch watch, byte[] body, @Nullable String encoding) {
        try {
            if (!turn.tryAcquire(TURN_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                throw new Busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Busy();
        }
        long begin = System.nanoTime();
        try {
            LookReader reader = new LookReader(clock.instant());
            Look look = reader.read(StorageBody.read(body, encoding), watch);
            reader.faults().forEach(fault -> complaints.about("storage " + watch.name(), fault));
            StorageAnswer answer = store.store(watch.id(), look);
            stored.record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
            return answer;
        } finally {
            turn.release();
        }
    }

    /** Asks a watch to come back later (RFC 9110, 15.6.4). */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> busy(Busy e) {
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .header(HttpHeaders.RETRY_AFTER, COME_BACK_SECONDS)
                .body(ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(e.getMessage())));
    }

    /** Takes the rest of a refused body: a client still sending would find a closed connection, not the answer. */
    private static void discard(InputStream rest) {
        byte[] bytes = new byte[8192];
        try {
            for (long taken = 0; taken < MOST_DISCARDED; ) {
                int read = rest.read(bytes);
                if (read < 0) {
                    return;
                }
                taken += read;
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }
}
