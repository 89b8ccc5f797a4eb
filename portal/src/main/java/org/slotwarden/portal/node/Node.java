package org.slotwarden.portal.node;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.secret.Secrets;

/** A node of the site: one that has a token or that has reported. */
@Entity
class Node {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    private String name;

    @JdbcTypeCode(SqlTypes.BINARY)
    @Column(length = Secrets.DIGEST_BYTES)
    private byte @Nullable [] tokenDigest;

    private @Nullable Instant tokenIssuedAt;
    private @Nullable Instant firstSeenAt;
    private @Nullable Instant lastReportAt;
    private @Nullable Double clockOffsetSeconds;
    private @Nullable String agentVersion;

    private @Nullable String operatingSystem;
    private @Nullable String kernel;
    private @Nullable String cpuModel;
    private @Nullable Integer logicalCores;
    private @Nullable Integer physicalCores;
    private @Nullable Long memoryBytes;
    private @Nullable Long swapBytes;
    private @Nullable Instant bootedAt;

    @JdbcTypeCode(SqlTypes.LONGVARCHAR)
    private @Nullable String blindSpots;

    @SuppressWarnings("NullAway.Init") // for JPA
    protected Node() {}

    Node(String name) {
        this.name = name;
    }

    long id() {
        return Objects.requireNonNull(id, "not stored yet");
    }

    String name() {
        return name;
    }

    void setToken(String token, Instant now) {
        tokenDigest = Secrets.digest(token);
        tokenIssuedAt = now;
    }

    boolean opensWith(String token) {
        return tokenDigest != null && Secrets.matches(token, tokenDigest);
    }

    void reported(Instant sentAt, Instant now, String agentVersion) {
        if (firstSeenAt == null) {
            firstSeenAt = now;
        }
        lastReportAt = now;
        clockOffsetSeconds = Duration.between(now, sentAt).toMillis() / 1000.0;
        this.agentVersion = agentVersion;
    }

    /** Null until the agent has told them once. */
    @Nullable
    NodeFacts facts() {
        return blindSpots == null
                ? null
                : new NodeFacts(
                        operatingSystem,
                        kernel,
                        cpuModel,
                        logicalCores,
                        physicalCores,
                        memoryBytes,
                        swapBytes,
                        bootedAt,
                        blindSpots.lines().toList());
    }

    void setFacts(NodeFacts facts) {
        operatingSystem = facts.operatingSystem();
        kernel = facts.kernel();
        cpuModel = facts.cpuModel();
        logicalCores = facts.logicalCores();
        physicalCores = facts.physicalCores();
        memoryBytes = facts.memoryBytes();
        swapBytes = facts.swapBytes();
        bootedAt = facts.bootedAt();
        blindSpots = String.join("\n", facts.blindSpots());
    }

    @Nullable
    Instant firstSeenAt() {
        return firstSeenAt;
    }

    @Nullable
    Instant lastReportAt() {
        return lastReportAt;
    }

    @Nullable
    Double clockOffsetSeconds() {
        return clockOffsetSeconds;
    }

    @Nullable
    String agentVersion() {
        return agentVersion;
    }

    @Nullable
    Instant tokenIssuedAt() {
        return tokenIssuedAt;
    }
}
