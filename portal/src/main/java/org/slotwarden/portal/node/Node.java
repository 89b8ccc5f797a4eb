package org.slotwarden.portal.node;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Collectors;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.secret.Secrets;

/** A node of the site: one that has a token or that has reported. */
@Entity
@DynamicUpdate // A report must not write back the token that it read while another one was issued.
class Node {

    /** What an agent says of its node is cut to these lengths: it is for people, and no more would be read. */
    private static final int LONGEST_FACT = 255;

    private static final int LONGEST_VERSION = 64;
    private static final int MOST_BLIND_SPOTS = 50;

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
    private @Nullable Long linkBytesPerSecond;

    @JdbcTypeCode(SqlTypes.LONGVARCHAR)
    private @Nullable String blindSpots;

    // Written by AgentProcesses.
    @Column(insertable = false, updatable = false)
    private @Nullable Integer agentProcesses;

    @Column(insertable = false, updatable = false)
    private @Nullable Double agentCoresUsed;

    @Column(insertable = false, updatable = false)
    private @Nullable Long agentMemoryBytes;

    @Column(insertable = false, updatable = false)
    private @Nullable Long agentSpoolBytes;

    @Column(insertable = false, updatable = false)
    private @Nullable Double agentLagSeconds;

    @Column(insertable = false, updatable = false)
    private @Nullable Long agentSamplesGivenUp;

    @Column(insertable = false, updatable = false)
    private @Nullable Long agentErrors;

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
        clockOffsetSeconds = seconds(Duration.between(now, sentAt));
        this.agentVersion = cut(agentVersion, LONGEST_VERSION);
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
                        linkBytesPerSecond,
                        blindSpots.lines().toList());
    }

    /** Null until an agent has told how it is. */
    @Nullable
    AgentSummary agent() {
        return agentProcesses == null
                ? null
                : new AgentSummary(
                        agentProcesses,
                        agentCoresUsed,
                        agentMemoryBytes,
                        agentSpoolBytes,
                        agentLagSeconds,
                        agentSamplesGivenUp,
                        agentErrors);
    }

    void setFacts(NodeFacts facts) {
        operatingSystem = cutIfKnown(facts.operatingSystem());
        kernel = cutIfKnown(facts.kernel());
        cpuModel = cutIfKnown(facts.cpuModel());
        logicalCores = facts.logicalCores();
        physicalCores = facts.physicalCores();
        memoryBytes = facts.memoryBytes();
        swapBytes = facts.swapBytes();
        bootedAt = facts.bootedAt() != null && isDate(facts.bootedAt()) ? facts.bootedAt() : null;
        linkBytesPerSecond = facts.linkBytesPerSecond();
        blindSpots = facts.blindSpots().stream()
                .limit(MOST_BLIND_SPOTS)
                .map(sentence -> cut(sentence, LONGEST_FACT).replaceAll("\\R", " "))
                .collect(Collectors.joining("\n"));
    }

    /** Whether the database can hold it. */
    private static boolean isDate(Instant time) {
        return !time.isBefore(Instant.EPOCH) && time.isBefore(Instant.parse("9999-01-01T00:00:00Z"));
    }

    /** Not by milliseconds: a clock may be off by more than fits. */
    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }

    private static @Nullable String cutIfKnown(@Nullable String text) {
        return text == null ? null : cut(text, LONGEST_FACT);
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest);
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
